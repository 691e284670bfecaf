import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Connections } from '../../functions/shared/connection.ts'
import { readSettings } from '../../lib/settings.ts'

const CDK_JSON = new URL('../../cdk.json', import.meta.url)
const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })
const DEFAULT_STAGE = 'dev'

/** The connections that would be deployed: those of the stage `dev`, or of the one that STAGE names. */
export function readConnections(
  env: Record<string, string | undefined>,
): { connections: Connections } | { problems: readonly string[] } {
  const { bridge } = CdkJson.parse(JSON.parse(readFileSync(CDK_JSON, 'utf8'))).context
  const read = readSettings(bridge, env.STAGE?.trim() || DEFAULT_STAGE)
  return 'problems' in read ? { problems: read.problems } : { connections: read.settings.connections }
}
