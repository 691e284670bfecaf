import { compareOrder } from './order.ts'
import type { PlannedDeadLetter, PlannedPart } from './plan.ts'

/**
 * Selects the dead letters that can be redriven in the available time, in the order of acceptance, so that
 * everything that is begun can also be finished. It cuts between requests only, because rows of one person
 * may be spread over several dead letters of a request.
 * @param room the number of records that fit. The first request is selected even if it has more.
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
