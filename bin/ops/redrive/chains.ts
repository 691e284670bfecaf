import type { AcceptedRow } from '../../../functions/receiver/read/records.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { toMessages } from '../../../functions/receiver/store/messages.ts'
import { laneOf } from '../../../functions/shared/message.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import { queueOf, userKey } from '../../../functions/shared/record.ts'
import { type AcceptanceOrder, compareOrder } from './order.ts'
import { originOf } from './origin.ts'
import type { PlannedDeadLetter } from './plan.ts'

/**
 * A message for a source queue, with the dead letter that it redrives in whole or in part. `records` is
 * approximate: it spreads the records of a dead letter evenly over its messages.
 */
export type RedriveStep = { message: OutgoingMessage; records: number; planned: PlannedDeadLetter }

type RedrivenRow = { planned: PlannedDeadLetter; order: AcceptanceOrder; index: number; row: AcceptedRow }

/**
 * Builds the messages that go back to the source queues, as the receiver would, in the order of acceptance.
 * @returns one list per lane. The messages of a list must be sent one after the other.
 */
export function toChains(
  plan: readonly PlannedDeadLetter[],
  settings: ReceiverSettings,
  newId: () => string,
): RedriveStep[][] {
  const redriven = plan
    .flatMap((planned) =>
      planned.parts.flatMap(({ part: { index }, order, decision }) =>
        decision.kind === 'back' ? [{ planned, order, index, row: decision.row }] : [],
      ),
    )
    .sort((a, b) => compareOrder(a.order, b.order))
  const lanes = Map.groupBy(
    redriven,
    ({ row }) => `${queueOf(row.record)} ${laneOf(userKey(row.user), settings.lanes)}`,
  )
  return [...lanes.values()].map((lane) =>
    splitByDeadLetter(lane).flatMap((run) => stepsOf(run, settings, newId)),
  )
}

/**
 * A message holds records of one dead letter only, and only neighbouring ones, because records of another
 * dead letter may belong between them.
 */
function splitByDeadLetter(lane: readonly RedrivenRow[]): RedrivenRow[][] {
  const runs: RedrivenRow[][] = []
  for (const redriven of lane) {
    const open = runs.at(-1)
    if (open?.[0]?.planned === redriven.planned) open.push(redriven)
    else runs.push([redriven])
  }
  return runs
}

function stepsOf(
  run: readonly RedrivenRow[],
  settings: ReceiverSettings,
  newId: () => string,
): RedriveStep[] {
  const [first] = run
  if (!first) return []
  const { planned, index } = first
  const origin = originOf(planned.deadLetter, String(index))
  if (!origin) return []
  const rows = run.map(({ row }) => row)
  const messages = toMessages(rows, origin, settings, newId).flat()
  return messages.map((message) => ({ message, records: rows.length / messages.length, planned }))
}
