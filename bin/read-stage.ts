import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type ReadSettings, readSettings } from '../lib/settings.ts'

const CDK_JSON = new URL('../cdk.json', import.meta.url)
const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })

/** @returns the settings of a stage in cdk.json, or the problems with them. */
export const readStage = (stage: string): ReadSettings =>
  readSettings(CdkJson.parse(JSON.parse(readFileSync(CDK_JSON, 'utf8'))).context.bridge, stage)
