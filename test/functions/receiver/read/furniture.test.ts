import { describe, expect, test } from 'vitest'
import { outcome } from './send.ts'

describe('lines of a table that are no data', () => {
  const rows = { people: ['u-1', 'u-2'], errors: [] }
  test.each<[what: string, line: string]>([
    ['the header again', 'external_id,tier'],
    ['the header in capitals', 'EXTERNAL_ID,TIER'],
    ['the header in other words', 'External ID,Tier'],
    ['the header in quotes', '"external_id","tier"'],
    ['the header with spaces', ' external_id , tier '],
    ['a ruler', '-----------,-----'],
    ['a ruler in one cell', '------------------'],
    ['a ruler of equals signs', '===========,====='],
    ['a ruler with corners', '+-------------+------+'],
    ['a drawn ruler', '─────────────┼──────'],
    ['a row count', '(2 rows)'],
    ['a row count and a delimiter', '(2 rows),'],
    ['a row count in words', '2 rows selected.'],
    ['a row count in German', '(2 Zeilen),'],
    ['a row count of a console', 'Query OK, 2 rows affected'],
    ['empty cells', ','],
    ['empty cells with spaces', ' , '],
  ])('%s is skipped wherever it is', async (_, line) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n${line}\nu-2,silver\n`)).toEqual({
      ...rows,
      skipped: 1,
    })
    expect(await outcome(`external_id,tier\n${line}\nu-1,gold\nu-2,silver\n${line}\n`)).toEqual({
      ...rows,
      skipped: 2,
    })
  })

  test.each<[what: string, line: string, code: string]>([
    ['a total', 'Total,2', 'NOT_A_DATA_ROW'],
    ['an end', 'EOF,', 'NOT_A_DATA_ROW'],
    ['a row count beside a cell', '(2 rows),gold', 'NOT_A_DATA_ROW'],
    ['a title', 'Report of 2026', 'ROW_NOT_OBJECT'],
    ['a message in two cells', '12,rows returned late,x', 'ROW_NOT_OBJECT'],
    ['an id alone', 'u-9', 'ROW_NOT_OBJECT'],
    ['no id', ',gold', 'IDENTIFIER_MISSING'],
    ['a dash', '-,gold', 'VALUE_MEANS_NOTHING'],
  ])('%s is rejected alone, with its line', async (_, line, code) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n\n${line}\nu-2,silver\n`)).toEqual({
      people: ['u-1', 'u-2'],
      skipped: 0,
      errors: [[code, 4]],
    })
  })

  test.each<[what: string, line: string]>([
    ['other columns', 'external_id,city'],
    ['the same columns in another order', 'tier,external_id'],
    ['another name of the person', 'user_id,tier'],
    ['more of the same', 'external_id,external_id'],
    ['the person elsewhere', 'city,customer_id'],
  ])('a second header with %s concerns the whole body', async (_, line) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n${line}\nu-2,silver\n`)).toBe('second-header')
  })

  test.each([
    ['PERSON_KEY,audience_id,tier\nu-1,7,gold\nPERSON_KEY,tier,audience_id\nu-2,gold,7\n'],
    ['PERSON_KEY,tier,city\nu-1,gold,x\ntier,PERSON_KEY,city\nsilver,u-2,y\n'],
    ['PERSON_KEY,tier\nu-1,gold\naddress1,PERSON_KEY\nmain street,u-2\n'],
  ])('a second header is recognised by the name that the connection gives the person: %j', async (body) => {
    expect(await outcome(body, { columns: { PERSON_KEY: { rename: 'external_id' } } })).toBe('second-header')
  })

  test('a second header whose first column has a digit is recognised', async () => {
    expect(await outcome('external_id,tier\nu-1,gold\naddress1,external_id\nmain street,u-2\n')).toBe(
      'second-header',
    )
  })

  test.each(['tier', 'score'])(
    'somebody whose id is the name of a column costs nobody else a row: %s',
    async (id) => {
      expect(await outcome(`external_id,score,tier\nu-1,5,gold\n${id},7,silver\nu-2,6,gold\n`)).toEqual({
        people: ['u-1', 'u-2'],
        skipped: 0,
        errors: [['HEADER_REPEATED', 3]],
      })
    },
  )

  test('in JSON, such a row is skipped or rejected alone', async () => {
    const body =
      '[{"external_id":"external_id","tier":"tier"},{"external_id":"----","tier":"----"},{"external_id":"user_id","tier":"x"},{"external_id":"u-1","tier":"x"}]'
    expect(await outcome(body)).toEqual({
      people: ['u-1'],
      skipped: 2,
      errors: [['HEADER_REPEATED', undefined]],
    })
  })
})
