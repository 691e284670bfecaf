import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type ReadSettings, readSettings } from '../lib/settings.ts'
import { readStages } from '../lib/stages.ts'

const CDK_JSON = new URL('../cdk.json', import.meta.url)
const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })

const readBridge = (): unknown => CdkJson.parse(JSON.parse(readFileSync(CDK_JSON, 'utf8'))).context.bridge

/** @returns the settings of a stage in cdk.json, or the problems with them. */
export const readStage = (stage: string): ReadSettings => readSettings(readBridge(), stage)

/** @returns the names of the stages in cdk.json; none if it is not readable. */
export function stageNames(): string[] {
  const stages = readStages(readBridge())
  return 'problem' in stages ? [] : [...stages.settings.keys()]
}
