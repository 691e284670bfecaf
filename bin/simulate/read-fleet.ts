import { type PaceSettings, readSettings } from '../../lib/settings.ts'
import { merged } from '../../lib/stages.ts'
import type { FleetSettings } from './world.ts'

/** What the command line says otherwise than cdk.json. */
export type FleetChanges = { lanes?: number; queues: Partial<Record<'profiles' | 'events', PaceSettings>> }

/**
 * The fleet of a stage, with changes that must be settings which `cdk synth` would take.
 * @param bridge what cdk.json has under `context.bridge`.
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
