import type { RunLines } from '../telemetry.ts'

/** How far a run has come, as its log lines add up to. */
export type RunProgress = {
  /** Rows that were queued. */
  accepted: number
  /** Rows that could not be read; they were parked at once. */
  refused: number
  delivered: number
  /** Records that the worker parked. */
  givenUp: number
  /** Queued, and neither delivered nor parked by what the log tells. */
  underWay: number
  /** Delivered or parked beyond what was accepted: put back, or sent a second time. */
  again: number
  /** Milliseconds since the epoch: of the first and last accepted rows, and of the last that ended. */
  firstAt?: number
  lastAcceptedAt?: number
  lastEndedAt?: number
  audiences: readonly AudienceProgress[]
}
export type AudienceProgress = { audience: string; accepted: number; delivered: number; parked: number }

/** @returns undefined where the log tells nothing of the run. */
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
