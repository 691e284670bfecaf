import type { RunLines } from '../telemetry.ts'

/** The progress of a run, as the sum of its log lines. */
export type RunProgress = {
  /** Rows that were queued. */
  accepted: number
  /** Rows that could not be read and were parked at once. */
  refused: number
  delivered: number
  /** Records that the worker parked. */
  givenUp: number
  /** Rows that were queued, but not yet delivered or parked according to the log. */
  underWay: number
  /**
   * Rows that were delivered or parked beyond the accepted number, because they were redriven or sent a
   * second time.
   */
  again: number
  /**
   * Milliseconds since the epoch: the first and last accepted rows, and the last row that was delivered or
   * parked.
   */
  firstAt?: number
  lastAcceptedAt?: number
  lastEndedAt?: number
  audiences: readonly AudienceProgress[]
}
export type AudienceProgress = { audience: string; accepted: number; delivered: number; parked: number }

/** @returns undefined if the log has no lines about the run. */
export function runProgress({ queues, audiences }: RunLines): RunProgress | undefined {
  if (queues.length === 0) return undefined
  const received = queues.filter(({ stage }) => stage === 'accepted')
  const ended = queues.filter(({ stage }) => stage === 'delivered')
  const [accepted, refused] = [sumOf(received, 'done'), sumOf(received, 'parked')]
  const [delivered, givenUp] = [sumOf(ended, 'done'), sumOf(ended, 'parked')]
  const open = accepted - delivered - givenUp
  return {
    accepted,
    refused,
    delivered,
    givenUp,
    underWay: Math.max(0, open),
    again: Math.max(0, -open),
    ...(received.length > 0 && {
      firstAt: Math.min(...received.map(({ firstAt }) => firstAt)),
      lastAcceptedAt: Math.max(...received.map(({ lastAt }) => lastAt)),
    }),
    ...(ended.length > 0 && { lastEndedAt: Math.max(...ended.map(({ lastAt }) => lastAt)) }),
    audiences: audienceProgress(audiences),
  }
}

const sumOf = (lines: readonly { done: number; parked: number }[], what: 'done' | 'parked') =>
  lines.reduce((sum, line) => sum + line[what], 0)

function audienceProgress(lines: RunLines['audiences']): AudienceProgress[] {
  const names = [...new Set(lines.map(({ audience }) => audience))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  return names.map((audience) => {
    const own = lines.filter((line) => line.audience === audience)
    const of = (stage: 'accepted' | 'delivered') =>
      sumOf(
        own.filter((line) => line.stage === stage),
        'done',
      )
    return { audience, accepted: of('accepted'), delivered: of('delivered'), parked: sumOf(own, 'parked') }
  })
}
