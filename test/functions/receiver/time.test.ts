import { expect, it } from 'vitest'
import { isDay, readTime } from '../../../functions/receiver/time.ts'

it.each([
  ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00Z'],
  ['2026-01-05T10:00:00.250Z', '2026-01-05T10:00:00.250Z'],
  ['2026-01-05T10:00:00.123456789Z', '2026-01-05T10:00:00.123Z'],
  ['2026-01-05T10:00:00.5Z', '2026-01-05T10:00:00.500Z'],
  ['2026-11-20T10:00:09.250+01:00', '2026-11-20T09:00:09.250Z'],
  ['2026-01-05T10:00:00-0530', '2026-01-05T15:30:00Z'],
  ['2026-01-05T10:00:00+02', '2026-01-05T08:00:00Z'],
  ['2026-01-05T10:00:00', '2026-01-05T10:00:00Z'],
  ['2026-01-05 10:00:00', '2026-01-05T10:00:00Z'],
  ['2026-01-05T10:00', '2026-01-05T10:00:00Z'],
  [' 2026-01-05 ', '2026-01-05T00:00:00Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  [1763632805, '2025-11-20T10:00:05Z'],
  [1763632805.5, '2025-11-20T10:00:05.500Z'],
  [1763632805000, '2025-11-20T10:00:05Z'],
  [1763632805123, '2025-11-20T10:00:05.123Z'],
  ['1763632805', '2025-11-20T10:00:05Z'],
  ['1763632805000', '2025-11-20T10:00:05Z'],
  [100_000_000, '1973-03-03T09:46:40Z'],
  [9_999_999_999, '2286-11-20T17:46:39Z'],
  [100_000_000_000, '1973-03-03T09:46:40Z'],
])('reads %s', (value, iso) => {
  expect(readTime(value)).toBe(iso)
})

it.each([
  ['the 30th of February', '2026-02-30'],
  ['the 29th of February in a year without one', '2026-02-29T10:00:00Z'],
  ['a 13th month', '2026-13-01'],
  ['a 25th hour', '2026-01-05T25:00:00Z'],
  ['a date without dashes', '20260105'],
  ['the same as a number', 20260105],
  ['a date and time without signs', '20260105100000'],
  ['microseconds', 1763632805000000],
  ['a number between seconds and milliseconds', 50_000_000_000],
  ['zero', 0],
  ['a negative number', -1763632805],
  ['an American date', '01/05/2026'],
  ['an hour that ends in the year 10000', '9999-12-31T24:00:00Z'],
  ['a zone that ends there', '9999-12-31T20:00:00-08:00'],
  ['a zone that ends before the year 0', '0000-01-01T00:00:00+01:00'],
  ['a text', 'fixture-soon'],
  ['a leap second', '2026-01-05T10:00:60Z'],
  ['a zone of 99 hours', '2026-01-05T10:00:00+99:99'],
  ['a year of six digits', '+275760-09-13T00:00:00Z'],
  ['the text of no number', 'NaN'],
  ['the text of no date', 'Invalid Date'],
  ['a number beyond a double', JSON.rawJSON('1e400')],
  ['a number of many digits', JSON.rawJSON('9007199254740993')],
  ['milliseconds of the year 10000', 253_402_300_800_000],
  ['an empty list', []],
  ['a boolean', true],
  ['a list', ['2026-01-05']],
])('does not read %s', (_, value) => {
  expect(readTime(value)).toBeUndefined()
})

it.each([
  ['2026-01-05', true],
  [' 2026-01-05T00:00 ', true],
  ['2026-01-05T00:00:00.000+02:00', true],
  ['2026-01-05T24:00:00+02:00', true],
  ['2026-01-05T02:00:00+02:00', true],
  [1767571200, true],
  ['2026-01-05T00:00:01Z', false],
  ['2026-01-05T00:00:00.001Z', false],
  ['2026-01-05T00:01', false],
  ['2026-01-05T10:00:00Z', false],
  [1767571200123, false],
  ['fixture-soon', false],
])('whether %s is a day: %s', (value, day) => {
  expect(isDay(value)).toBe(day)
})
