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
        why: `accepted more than ${durationInWords(maxAgeMs)} ago: something newer of the same person may have gone through since`,
        what: 'Let ActionIQ send the person again. A longer --max-age, or --include-stale, puts it back all the same.',
      }
    case 'overtaken':
      return {
        why: 'a later letter sets the same attributes of the same person',
        what: '--include-stale puts both back, in the order in which they were accepted.',
      }
    case 'doubtful':
      return {
        why: 'may have reached Braze already, which would count it twice',
        what: 'Look at the profile in Braze; --include-doubtful puts it back all the same.',
      }
    case 'refused':
      return {
        why: 'still can’t be read by the rules of today',
        what: 'Correct the export, as the letter says, and send the rows again.',
      }
    case 'omitted':
      return {
        why: 'was too large to be kept: the letter holds its identifiers only',
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
