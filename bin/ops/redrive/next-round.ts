import { compare } from './order.ts'
import type { PlannedLetter, PlannedPart } from './plan.ts'

/**
 * What of all that goes back can go within the time, in the order of acceptance, so that nothing is begun that the time
 * won't end. Cut between requests only: rows of one person may stand in several letters of one.
 * @param room so many records; the first request goes even if it has more.
 */
export function nextRound(going: readonly PlannedLetter[], room: number): PlannedLetter[] {
  const inOrder = going
    .flatMap((planned) => {
      const [first] = planned.parts.filter(goes)
      return first ? [{ planned, place: first.place }] : []
    })
    .sort((a, b) => compare(a.place, b.place))
  const requests = Map.groupBy(inOrder, ({ place: [acceptedAt, , origin] }) => `${acceptedAt} ${origin}`)
  const taken: PlannedLetter[] = []
  let records = 0
  for (const request of requests.values()) {
    records += request.reduce((sum, { planned }) => sum + recordsGoing(planned), 0)
    if (records > room && taken.length > 0) break
    taken.push(...request.map(({ planned }) => planned))
  }
  return taken
}

const goes = ({ verdict }: PlannedPart) => verdict.kind === 'back'

export const recordsGoing = ({ parts }: PlannedLetter) => parts.filter(goes).length
