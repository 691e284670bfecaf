import { expect } from 'vitest'
import type { Outcome } from './bridge.ts'
import { FLAG, rowsIn } from './rows.ts'
import type { Sent } from './traffic.ts'

/** The bad rows stand in a letter, once and for the right reason, and nowhere else; the good ones at Braze, once. */
export function expectFair(outcome: Outcome, sent: readonly Sent[]): void {
  expectParked(
    outcome,
    sent.filter(({ way }) => way),
  )
  const good = sent.filter(({ way }) => !way)
  expectProfiles(
    outcome,
    good.filter(({ kind }) => kind === 'profile'),
  )
  expectEvents(
    outcome,
    good.filter(({ kind }) => kind === 'event'),
  )
}

function expectParked({ letters }: Outcome, bad: readonly Sent[]): void {
  const codes = letters.map(({ row, code }) => ({ row, code })).sort(byRow)
  expect(codes).toEqual(bad.map(({ row, way }) => ({ row, code: way?.code })))
  for (const { row, reason } of letters)
    expect(reason).toContain(bad.find((sent) => sent.row === row)?.way?.reason)
}

function expectProfiles({ braze }: Outcome, good: readonly Sent[]): void {
  const written = braze.profiles().flatMap(({ external_id, custom_attributes }) =>
    rowsIn(JSON.stringify(custom_attributes)).map((row) => ({
      row,
      external_id,
      flag: custom_attributes[FLAG],
    })),
  )
  expect(written.sort(byRow)).toEqual(good.map(({ row, external_id }) => ({ row, external_id, flag: true })))
}

/** Only what Braze had taken when its message went back may stand there twice. */
function expectEvents({ braze, cutOff }: Outcome, good: readonly Sent[]): void {
  const arrived = braze.events().map(({ external_id, properties }) => ({
    row: Number(properties.fair_row),
    external_id,
  }))
  const once = new Map(arrived.map((event) => [event.row, event]))
  expect([...once.values()].sort(byRow)).toEqual(good.map(({ row, external_id }) => ({ row, external_id })))
  const doubled = arrived.filter((event) => once.get(event.row) !== event)
  expect(doubled.filter(({ row }) => !cutOff.has(row))).toEqual([])
}

const byRow = (a: { row: number }, b: { row: number }) => a.row - b.row
