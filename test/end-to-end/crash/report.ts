import type { Duplicates } from './duplicates.ts'
import type { Evidence, Kill } from './evidence.ts'
import type { SenderTotals } from './senders.ts'
import type { CrashSettings } from './settings.ts'

/** Formats a line about a kill, which is printed while the run goes on. */
export const formatKill = (number: number, seconds: number, kill: Kill, sent: SenderTotals) =>
  [
    `kill ${String(number).padStart(2)}  ${seconds.toFixed(1).padStart(6)} s `,
    `${sent.rows} rows and ${sent.events.length} events accepted,`,
    `${kill.waiting} messages waiting, in hand ${kill.profilesInHand} of profiles and ${kill.eventsInHand.length} of events,`,
    `${kill.brazeRequests} requests at Braze${kill.duringStart ? ', while starting' : ''}`,
  ].join(' ')

/** Formats the facts about a run in two columns. */
export function reportTable(facts: {
  settings: CrashSettings
  evidence: Evidence
  sent: SenderTotals
  seconds: number
  brazeRequests: number
  duplicates: Duplicates
}): string[] {
  const { settings, evidence, sent, seconds, brazeRequests, duplicates } = facts
  const { kills, arrived, accepted, profiles } = evidence
  const hits = (isHit: (kill: Kill) => boolean) => kills.filter(isHit).length
  const lines: [what: string, value: string | number][] = [
    ['seed', settings.seed],
    ['kill -9', kills.length],
    ['  while it started', hits(({ duringStart }) => duringStart)],
    ['  with a request at Braze', hits(({ brazeRequests: open }) => open > 0)],
    ['  with messages in hand', hits((kill) => kill.profilesInHand + kill.eventsInHand.length > 0)],
    ['  with an event that its sender had no answer for', hits(({ openEvents }) => openEvents.length > 0)],
    ['rows accepted', sent.rows],
    ['  in requests', sent.requests],
    ['  attempts at these, refused connections included', sent.attempts],
    ['profiles in Braze', profiles.size],
    ['events accepted', accepted.length],
    ['events in Braze', arrived.length],
    ['  doubled: Braze had not answered', duplicates.answerLost],
    ['  doubled: answered, not yet deleted', duplicates.notDeleted],
    ['    longest from the answer to the kill, ms', duplicates.longestMs],
    ['  doubled: their sender sent them again', duplicates.resent],
    ['  doubled without an explanation', duplicates.unexplained.length],
    ['requests to Braze', brazeRequests],
    ['seconds', seconds.toFixed(1)],
    ['rows and events a second', Math.round((sent.rows + accepted.length) / seconds)],
  ]
  const width = Math.max(...lines.map(([what]) => what.length))
  return lines.map(([what, value]) => `${what.padEnd(width)}  ${value}`)
}
