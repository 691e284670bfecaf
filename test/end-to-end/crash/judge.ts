import type { Attributes } from './activation.ts'
import type { Duplicates } from './duplicates.ts'
import type { Evidence } from './evidence.ts'

/** The number of examples to report for each broken promise. */
const EXAMPLES = 3

/**
 * @param inHand the most messages of events that the worker may hold at a time, which a kill may deliver
 * twice.
 * @returns a sentence for each broken promise; an empty array if all promises held.
 */
export function promisesBrokenByCrashes(
  evidence: Evidence,
  duplicates: Duplicates,
  inHand: number,
): string[] {
  const { left, miscounted, kills } = evidence
  return [
    ...left.map((what) => `left behind: ${what}`),
    ...miscounted.map((what) => `wrongly counted: ${what}`),
    ...examples(wrongProfiles(evidence)),
    ...examples(lostEvents(evidence)),
    ...examples(overtakenEvents(evidence)),
    ...examples(duplicates.unexplained.map(({ n, times }) => `doubled: event ${n} arrived ${times} times`)),
    ...kills
      .filter(({ eventsInHand }) => eventsInHand.length > inHand)
      .map(
        ({ eventsInHand }, n) =>
          `too much at stake: ${eventsInHand.length} messages of events in hand at kill ${n + 1}`,
      ),
    ...(kills.some(({ waiting }) => waiting > 0)
      ? []
      : ['nothing proved: the queues were empty at every kill']),
  ]
}

function examples(broken: readonly string[]): string[] {
  const more = broken.length - EXAMPLES
  return more > 0 ? [...broken.slice(0, EXAMPLES), `… and ${more} more like it`] : [...broken]
}

/**
 * Every row sets an attribute that no other row overwrites, so a profile shows whether each of its rows
 * arrived.
 */
function wrongProfiles({ model, profiles }: Evidence): string[] {
  const wrong = [...model].flatMap(([id, expected]) => differences(id, expected, profiles.get(id) ?? {}))
  const invented = [...profiles.keys()].filter((id) => !model.has(id))
  return [...wrong, ...invented.map((id) => `wrong profile: ${id} was never sent`)]
}

function differences(id: string, expected: Attributes, actual: Attributes): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    .filter((name) => expected[name] !== actual[name])
    .map((name) => `wrong profile: ${id} has ${name} = ${actual[name]}, and ${expected[name]} was sent last`)
}

function lostEvents({ accepted, arrived }: Evidence): string[] {
  const there = new Set(arrived.map(({ n }) => n))
  const sent = new Set(accepted.map(({ n }) => n))
  return [
    ...[...sent].filter((n) => !there.has(n)).map((n) => `lost: event ${n}`),
    ...[...there].filter((n) => !sent.has(n)).map((n) => `invented: event ${n}`),
  ]
}

/** The events of each user must first arrive in the order in which they were accepted. */
function overtakenEvents({ arrived }: Evidence): string[] {
  const seen = new Set<number>()
  const last = new Map<string, number>()
  return arrived.flatMap(({ n, user }) => {
    if (seen.has(n)) return []
    seen.add(n)
    const before = last.get(user) ?? -1
    last.set(user, Math.max(before, n))
    return n < before ? [`overtaken: event ${n} of ${user} arrived after event ${before}`] : []
  })
}
