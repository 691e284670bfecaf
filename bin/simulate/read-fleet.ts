import { type PaceSettings, readSettings } from '../../lib/settings.ts'
import { merged } from '../../lib/stages.ts'
import type { FleetSettings } from './world.ts'

/** The settings on the command line, which override cdk.json. */
export type FleetChanges = { lanes?: number; queues: Partial<Record<'profiles' | 'events', PaceSettings>> }

/**
 * Reads the fleet of a stage and applies the changes. `cdk synth` must accept the resulting settings.
 * @param bridge the value of `context.bridge` in cdk.json.
 */
export function readFleet(
  bridge: unknown,
  stage: string,
  changes: FleetChanges,
): { fleet: FleetSettings } | { problem: string } {
  const current = readSettings(bridge, stage)
  if ('problems' in current) return { problem: current.problems.join('\n') }
  const changed = readSettings(merged(bridge, { [stage]: changes }), stage)
  if ('problems' in changed) return { problem: changed.problems.join('\n') }
  const { lanes, queues } = changed.settings
  return { fleet: { lanes, queues } }
}
