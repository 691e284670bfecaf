import { compareOrder } from './order.ts'
import type { PlannedDeadLetter, PlannedPart } from './plan.ts'

/**
 * What of all that goes back can go within the time, in the order of acceptance, so that nothing is begun that the time
 * won't end. Cut between requests only: rows of one person may stand in several letters of one.
 * @param room so many records; the first request goes even if it has more.
 */
export function nextRound(redriven: readonly PlannedDeadLetter[], room: number): PlannedDeadLetter[] {
  const inOrder = redriven
    .flatMap((planned) => {
      const [first] = planned.parts.filter(isRedrivenPart)
      return first ? [{ planned, order: first.order }] : []
    })
    .sort((a, b) => compareOrder(a.order, b.order))
  const requests = Map.groupBy(inOrder, ({ order: [acceptedAt, , origin] }) => `${acceptedAt} ${origin}`)
  const selected: PlannedDeadLetter[] = []
  let records = 0
  for (const request of requests.values()) {
    records += request.reduce((sum, { planned }) => sum + countRedriven(planned), 0)
    if (records > room && selected.length > 0) break
    selected.push(...request.map(({ planned }) => planned))
  }
  return selected
}

const isRedrivenPart = ({ decision }: PlannedPart) => decision.kind === 'back'

export const countRedriven = ({ parts }: PlannedDeadLetter) => parts.filter(isRedrivenPart).length
