import type { ReadRow } from '../../../functions/receiver/read/records.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import { toMessages } from '../../../functions/receiver/store/messages.ts'
import { laneOf } from '../../../functions/shared/message.ts'
import type { Outgoing } from '../../../functions/shared/queue.edge.ts'
import { queueOf, userKey } from '../../../functions/shared/record.ts'
import { compare, type Place } from './order.ts'
import { originOf } from './origin.ts'
import type { PlannedLetter } from './plan.ts'

/** A message for a source queue, of about so many records, and the letter that it puts back or a part of it. */
export type Step = { message: Outgoing; records: number; planned: PlannedLetter }

type Going = { planned: PlannedLetter; place: Place; index: number; row: ReadRow }

/**
 * Writes what goes back as messages of the receiver's own making, in the order of acceptance.
 * @returns one list per lane, whose messages must be sent one after the other.
 */
export function toChains(plan: readonly PlannedLetter[], settings: Settings, newId: () => string): Step[][] {
  const going = plan
    .flatMap((planned) =>
      planned.parts.flatMap(({ part: { index }, place, verdict }) =>
        verdict.kind === 'back' ? [{ planned, place, index, row: verdict.row }] : [],
      ),
    )
    .sort((a, b) => compare(a.place, b.place))
  const lanes = Map.groupBy(
    going,
    ({ row }) => `${queueOf(row.record)} ${laneOf(userKey(row.user), settings.lanes)}`,
  )
  return [...lanes.values()].map((lane) => runsOf(lane).flatMap((run) => stepsOf(run, settings, newId)))
}

/** A message holds records of one letter only, and of those only neighbours: another letter's may come in between. */
function runsOf(lane: readonly Going[]): Going[][] {
  const runs: Going[][] = []
  for (const going of lane) {
    const open = runs.at(-1)
    if (open?.[0]?.planned === going.planned) open.push(going)
    else runs.push([going])
  }
  return runs
}

function stepsOf(run: readonly Going[], settings: Settings, newId: () => string): Step[] {
  const [first] = run
  if (!first) return []
  const { planned, index } = first
  const origin = originOf(planned.letter, String(index))
  if (!origin) return []
  const rows = run.map(({ row }) => row)
  const messages = toMessages(rows, origin, settings, newId).flat()
  return messages.map((message) => ({ message, records: rows.length / messages.length, planned }))
}
