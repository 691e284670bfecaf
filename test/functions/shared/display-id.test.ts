import { describe, expect, test } from 'vitest'
import {
  displayConnection,
  displayId,
  displayRun,
  isDisplayable,
} from '../../../functions/shared/display-id.ts'

describe('an id that is displayed', () => {
  test.each([
    ['a number of ActionIQ', '1042'],
    ['a number of eight digits', '10042889'],
    ['two numbers', '1042_2'],
    ['a name with a number', 'weekly_batch-17'],
    ['a letter', 'B'],
    ['no id', '-'],
    ['a day', '2026-01-05'],
    ['a day in digits', '20260105'],
    ['a day with underscores', '2026_01_05'],
    ['a day and a counter', '20260105-889'],
    ['a name and a day', 'weekly-2026-01-05'],
    ['an hour and a minute', '2026-01-05T10:00'],
    ['the same in digits', '202601051000'],
    ['a second', '2026-01-05T10:00:00Z'],
    ['a second in digits', '20260105100000'],
    ['a second with a separator', '20260105-100000'],
    ['a second with dashes', '2026-01-05_10-00-00'],
    ['a millisecond', '2026-01-05T10:00:00.250Z'],
    ['a millisecond in digits', '20260105100000250'],
    ['a time zone', '2026-01-05 10:00:00+01:00'],
    ['milliseconds since 1970', '1767571200000'],
    ['a name and milliseconds since 1970', 'run_1767571200000'],
    ['a number on either side of a time', '10042889-20260105-10042889'],
    ['a UUID', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['a UUID of nothing but digits', '12345678-1234-1234-1234-123456789012'],
    ['a UUID without dashes', '3F2504E04F8911D39A0C0305E82C3301'],
    ['64 characters', `1${'x'.repeat(63)}`],
  ])('%s: %s', (_, id) => {
    expect([isDisplayable(id), displayId(id), displayRun([id, id])]).toEqual([true, id, id])
  })
})

describe('an id that could be a person’s', () => {
  test.each([
    ['an e-mail address', 'anna@example.com'],
    ['the first part of one', 'anna.schmidt'],
    ['the first part of one, with digits', 'a.schmidt85'],
    ['a telephone number', '+49 176 12345678'],
    ['without spaces', '+4917612345678'],
    ['with 00', '004917612345678'],
    ['without either', '4917612345678'],
    ['of twelve digits', '491761234567'],
    ['of eleven', '17612345678'],
    ['of ten, of the United States', '2025550123'],
    ['of ten, which could be seconds since 1970', '1767571200'],
    ['of nine, of France', '612345678'],
    ['with dashes', '202-555-0123'],
    ['with underscores', '0176_123_456_78'],
    ['after a word', 'tel-017612345678'],
    ['of Egypt, which could begin with a year', '201512312359'],
    ['a first name', 'Anna'],
    ['a name', 'Anna Schmidt'],
    ['a name with a dash', 'anna-schmidt'],
    ['a name with an underscore', 'Anna_Schmidt'],
    ['a name in one word', 'AnnaSchmidt'],
    ['a name with a letter beyond ASCII', 'Müller1'],
    ['a name beside a time', 'Anna Schmidt 2026-01-05'],
    ['a postal address', '1 Main Street'],
    ['an account', 'DE89370400440532013000'],
    ['an account in groups', 'DE89 3704 0044 0532 0130 00'],
    ['a card', '4111111111111111'],
    ['a card in groups', '4111-1111-1111-1111'],
    ['an IP address', '192.0.2.1'],
    ['an IP address of version 6', '2001:db8::1'],
    ['a number of the social security', '078-05-1120'],
    ['the same in digits', '078051120'],
    ['a date of birth', '1985-07-09'],
    ['a date of birth, the day first', '09-07-1985'],
    ['a date of birth with points', '09.07.1985'],
    ['a national number that begins with a date', '19850709-9805'],
    ['a month that does not exist', '2026130510'],
    ['more digits than a time has', '20260105100000250123'],
    ['a line break', '1042\n'],
    ['a quote', '889"'],
    ['65 characters', `1${'x'.repeat(64)}`],
    ['an empty text', ''],
  ])('%s is hidden: %s', (_, id) => {
    expect([isDisplayable(id), displayId(id), displayRun([id])]).toEqual([false, '(other)', undefined])
  })
})

test('a run is shown beside a dead letter only if everything in it is of this run', () => {
  expect([displayRun(['889', '890']), displayRun(['889', undefined]), displayRun([])]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test.each([
  ['default', 'default'],
  ['crm-2', 'crm-2'],
  ['-', '-'],
  ['Anna Schmidt', '(other)'],
  ['anna.schmidt', '(other)'],
  ['x'.repeat(41), '(other)'],
])('of a connection named %s, %s is shown', (name, shown) => {
  expect(displayConnection(name)).toBe(shown)
})
