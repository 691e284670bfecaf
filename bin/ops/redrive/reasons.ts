import { durationInWords } from '../../cli/duration.ts'
import type { RedriveChoice } from './options.ts'
import type { StayReason } from './plan.ts'

/** Records that were not selected are not reported. */
export type ReportedReason = Exclude<StayReason, 'not meant'>

/** In the order in which they are reported. */
export const REASONS: readonly ReportedReason[] = [
  'too old',
  'overtaken',
  'doubtful',
  'refused',
  'would fail',
  'omitted',
  'nobody',
  'newer version',
  'foreign',
]

/** Explains to the operator why something stays and what to do about it. */
export function reasonText(
  reason: ReportedReason,
  { maxAgeMs }: RedriveChoice,
): { why: string; what: string } {
  switch (reason) {
    case 'too old':
      return {
        why: `accepted more than ${durationInWords(maxAgeMs)} ago: newer data of the same person may have been delivered since`,
        what: 'Let ActionIQ send the person again. A longer --max-age or --include-stale redrives it anyway.',
      }
    case 'overtaken':
      return {
        why: 'a later dead letter sets the same attributes of the same person',
        what: '--include-stale redrives both, in the order in which they were accepted.',
      }
    case 'doubtful':
      return {
        why: 'may have reached Braze already, and would be counted twice',
        what: 'Look at the profile in Braze. --include-doubtful redrives it anyway.',
      }
    case 'refused':
      return {
        why: 'still cannot be read with the current settings',
        what: 'Correct the export, as the dead letter says, and send the rows again.',
      }
    case 'would fail':
      return {
        why: 'would be parked again: Braze does not accept it, whatever else is corrected',
        what: 'Correct the export, as the dead letter says, and send the rows again.',
      }
    case 'omitted':
      return {
        why: 'was too large to be kept: the dead letter holds only its identifiers',
        what: 'Export less of these persons, and send them again.',
      }
    case 'nobody':
      return { why: 'names no person', what: 'Correct the export, and send the rows again.' }
    case 'newer version':
      return {
        why: 'was written by a newer version of the bridge',
        what: 'Run this command from that version.',
      }
    case 'foreign':
      return { why: 'was not written by the bridge', what: 'Find out who else sends to the queue.' }
  }
}
