import {
  DEADLY_USER,
  FAILING_USER,
  type FaultScenario,
  POISON_USER,
  REJECTED_USER,
  type ScenarioRow,
  type SentRequest,
} from './scenario.ts'

/** Gives every value and every event its own number, so that the oracle can identify each of them. */
export type Numbering = { next: number }

export const userName = (user: number) => `fixture-u${user}`

/** Writes the body of a request as a sender would, leaving out rows that its endpoint is not for. */
export function toBody({ path, rows }: SentRequest, numbering: Numbering): string {
  const fitting = rows.filter(
    ({ kind }) => path === '/v1/records' || (kind === 'event') === (path === '/v1/events'),
  )
  return JSON.stringify({ records: fitting.map((row) => toRow(row, numbering.next++)) })
}

function toRow(row: ScenarioRow, n: number): object {
  switch (row.kind) {
    case 'join':
    case 'leave':
      return {
        external_id: userName(row.user),
        audience_id: `${row.audience}`,
        split_id: '1',
        op: row.kind,
      }
    case 'attribute':
      return { external_id: userName(row.user), [`attribute${row.name}`]: `fixture-value-${n}`, row: n }
    case 'event':
      return {
        external_id: userName(row.user),
        event_name: 'fixture-event',
        time: '2026-11-20T10:00:00Z',
        properties: { row: n },
      }
    default:
      return badRow(row, n)
  }
}

function badRow({ how, user }: Extract<ScenarioRow, { kind: 'bad' }>, n: number): object {
  if (how === 'no id') return { audience_id: '1', row: n }
  if (how === 'bad op') return { external_id: userName(user), audience_id: '1', op: 'fixture-maybe', row: n }
  return { external_id: userName(user), note: badNote(n), row: n }
}

/** A text that is too long for Braze. The attribute is withheld, and the rest of its row is delivered. */
const badNote = (row: number) => `${row} ${'x'.repeat(256)}`

/** Whether objects of this user are always rejected, always fail or always kill the worker. */
export function isFated({ fates }: FaultScenario, external_id: string | undefined): boolean {
  const fated = [
    REJECTED_USER,
    POISON_USER,
    ...(fates.failing ? [FAILING_USER] : []),
    ...(fates.deadly ? [DEADLY_USER] : []),
  ]
  return fated.some((user) => external_id === userName(user))
}
