import { type Finding, note, ok } from '../finding.ts'

/** The times on a server's clock and on ours at the same moment, in milliseconds since the epoch. */
export type ClockSample = { whose: 'the webhook' | 'Braze'; theirs: number; ours: number }

/** Signatures are valid for minutes and answers take seconds, so a larger difference is not network delay. */
const MAX_SKEW_MS = 60_000

/** `Date` holds whole seconds, rounded down (RFC 9110, 6.6.1). Adding half a second is right on average. */
const CUT_OFF_MS = 500

/**
 * Reads a server's clock from the `Date` of its answer.
 * @param sentAt when the request was sent, by our clock. The server wrote `Date` between this and
 * `answeredAt`.
 * @param answeredAt when the answer came, by our clock.
 */
export function clockSample(
  whose: ClockSample['whose'],
  date: string | undefined,
  sentAt: number,
  answeredAt: number,
): ClockSample[] {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? [] : [{ whose, theirs: theirs + CUT_OFF_MS, ours: (sentAt + answeredAt) / 2 }]
}

/** Compares the clocks with this machine's clock and with each other. */
export function judgeClocks(samples: readonly ClockSample[]): Finding {
  const about = 'Clocks'
  if (samples.length === 0) return note(about, 'not compared: no answer contained a time')
  const offsets = samples.map(({ whose, theirs, ours }) => ({ whose, ms: theirs - ours }))
  const skewed = offsets.filter(({ ms }) => Math.abs(ms) > MAX_SKEW_MS)
  if (skewed.length === 0)
    return ok(
      about,
      `${joinNames(['this machine', ...offsets.map(({ whose }) => whose)])} agree within a minute`,
    )
  const differences = skewed.map(
    ({ whose, ms }) => `${seconds(ms)} ${ms > 0 ? 'behind' : 'ahead of'} ${whose}`,
  )
  return note(
    about,
    `this machine is ${differences.join(' and ')}`,
    skewed.length === offsets.length
      ? 'Set the clock of this machine: with a wrong clock, its signatures and the times that it writes are wrong.'
      : 'The clocks of the webhook and Braze differ, and events without a time get the time of the webhook. Run this command again later, and look at the status pages of AWS and Braze.',
  )
}

const joinNames = (names: readonly string[]) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1_000)} s`
