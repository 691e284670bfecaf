import { expect } from 'vitest'
import type { FairnessOutcome } from './bridge.ts'
import { MEMBERSHIP_FLAG, rowsIn } from './rows.ts'
import type { SentRow } from './traffic.ts'

/** Expects each bad row in exactly one dead letter, with the right reason, and each good row in Braze once. */
export function expectFair(outcome: FairnessOutcome, sent: readonly SentRow[]): void {
  expectParked(
    outcome,
    sent.filter(({ defect }) => defect),
  )
  const good = sent.filter(({ defect }) => !defect)
  expectProfiles(
    outcome,
    good.filter(({ kind }) => kind === 'profile'),
  )
  expectEvents(
    outcome,
    good.filter(({ kind }) => kind === 'event'),
  )
}

function expectParked({ deadLetters }: FairnessOutcome, bad: readonly SentRow[]): void {
  const codes = deadLetters.map(({ row, code }) => ({ row, code })).sort(byRow)
  expect(codes).toEqual(bad.map(({ row, defect }) => ({ row, code: defect?.code })))
  for (const { row, reason } of deadLetters)
    expect(reason).toContain(bad.find((sent) => sent.row === row)?.defect?.reason)
}

function expectProfiles({ braze }: FairnessOutcome, good: readonly SentRow[]): void {
  const written = braze.profiles().flatMap(({ external_id, custom_attributes }) =>
    rowsIn(JSON.stringify(custom_attributes)).map((row) => ({
      row,
      external_id,
      flag: custom_attributes[MEMBERSHIP_FLAG],
    })),
  )
  expect(written.sort(byRow)).toEqual(good.map(({ row, external_id }) => ({ row, external_id, flag: true })))
}

/**
 * Only an event that Braze had already accepted when its message went back to its queue may have arrived
 * twice.
 */
function expectEvents({ braze, deliveredBeforeReturn }: FairnessOutcome, good: readonly SentRow[]): void {
  const arrived = braze.events().map(({ external_id, properties }) => ({
    row: Number(properties.fair_row),
    external_id,
  }))
  const once = new Map(arrived.map((event) => [event.row, event]))
  expect([...once.values()].sort(byRow)).toEqual(good.map(({ row, external_id }) => ({ row, external_id })))
  const doubled = arrived.filter((event) => once.get(event.row) !== event)
  expect(doubled.filter(({ row }) => !deliveredBeforeReturn.has(row))).toEqual([])
}

const byRow = (a: { row: number }, b: { row: number }) => a.row - b.row
