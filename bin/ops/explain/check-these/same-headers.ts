import { columnSetting, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

/** A separator between digits makes another name: `score_1_0` is not `score_10`. */
const SEPARATOR = /(?<!\d)[-_\s]+|[-_\s]+(?!\d)/g

const keyOf = (name: string) =>
  name
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replace(SEPARATOR, '')

const isHidden = (name: string) => /\p{Cf}/u.test(name)

/** Finds headers that differ only in case, `_`, `-`, spaces or characters that nobody sees. */
export function sameHeaders({ columns, isTrack }: SentRequest): Warning[] {
  const open = columns.filter(
    (column) => isOpen(column) && column.rule.rename === undefined && column.values.length > 0,
  )
  const groups = Map.groupBy(open, (column) => [kindOf(column, isTrack), keyOf(column.name)].join(' '))
  return [...groups.values()].flatMap((same) => {
    const [first, ...others] = [...same].sort(
      (a, b) => b.values.length - a.values.length || Number(isHidden(a.name)) - Number(isHidden(b.name)),
    )
    if (!first) return []
    return others.filter(({ name }) => name !== first.name).map((other) => warning(first, other))
  })
}

const kindOf = ({ header, readAs }: SentColumn, isTrack: boolean) =>
  isTrack ? header.split(' ')[0] : readAs.join()

function warning(first: SentColumn, other: SentColumn): Warning {
  const kind = other.readAs.includes('property') ? 'properties' : 'attributes'
  const isDifferent = differsInRow(first, other)
  const toDo =
    isDifferent || !other.isSettable || !first.isSettable
      ? 'Export one of the two only.'
      : `Write both under one name.`
  return {
    code: 'HEADERS_ALMOST_EQUAL',
    column: other.column,
    rows: other.values.length,
    message: `The header differs from ${first.column} only in ${
      isHidden(first.name + other.name) ? 'characters that nobody sees' : 'case, "_", "-" or spaces'
    }. Braze compares names exactly, so these are two ${kind}, each with a part of the values. ${toDo}`,
    ...(!isDifferent &&
      first.isSettable &&
      columnSetting(other, { rename: first.name.replace(/\p{Cf}/gu, '') })),
  }
}

/** Whether a row holds both with different values. Under one name it would be rejected. */
function differsInRow(first: SentColumn, other: SentColumn): boolean {
  const valueIn = new Map(first.rows.map((row, index) => [row, first.values[index]]))
  return other.rows.some(
    (row, index) =>
      valueIn.has(row) && JSON.stringify(valueIn.get(row)) !== JSON.stringify(other.values[index]),
  )
}
