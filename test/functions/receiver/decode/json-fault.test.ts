import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonFault, jsonFault } from '../../../../functions/receiver/decode/json-fault.ts'

const WORD =
  'text without double quotes, or a word that JSON does not have, such as NaN, undefined, None or True'
const NUMBER =
  'a number in a form that JSON does not have, such as 007, +1, .5, 1., 0x1F or -Infinity, or text without double quotes'
const QUOTE = 'a quotation mark other than the straight double quote of JSON'
const COMMENT = 'a comment, which JSON does not have'
const INVISIBLE =
  'an invisible character that JSON does not have, such as a no-break space or a byte order mark'
const CONTROL = 'a tab or another control character inside a string'
const LINE_BREAK = 'a line break inside a string, or a string without its closing quote'
const ESCAPE = 'a backslash inside a string begins an escape that JSON does not have'
const MORE = 'more text follows the end of the JSON; several values must be in one list'
const NO_COMMA_IN_LIST = 'a comma is missing between two values'
const NO_COMMA_IN_OBJECT = 'a comma is missing between two members'
const AFTER_TEXT =
  'a comma is missing after a string, or a quote inside the string has no backslash before it'
const NO_VALUE_AFTER_COMMA = 'a comma has no value after it'
const NO_MEMBER_AFTER_COMMA = 'a comma has no member after it'
const NOTHING_BEFORE_COMMA = 'a comma has nothing before it'
const NO_VALUE_AFTER_COLON = 'a colon has no value after it'
const NO_COLON = 'a name has no colon after it'
const BARE_NAME = 'a name is not in double quotes'
const LIST_CLOSED_WRONGLY = 'a list is closed with "}" instead of "]"'
const OBJECT_CLOSED_WRONGLY = 'an object is closed with "]" instead of "}"'
const IN_TEXT = 'the JSON ends inside a string, before its closing quote'
const IN_LIST = 'the JSON ends inside a list, before its "]"'
const IN_OBJECT = 'the JSON ends inside an object, before its "}"'
const INCOMPLETE = 'the JSON ends before its value is complete'

test.each<[text: string, line: number, column: number, reason: string]>([
  ['[{"a":1},]', 1, 10, NO_VALUE_AFTER_COMMA],
  ['[\n  {"a": 1},\n]', 3, 1, NO_VALUE_AFTER_COMMA],
  ['[1,,2]', 1, 4, NOTHING_BEFORE_COMMA],
  ['[,1]', 1, 2, NOTHING_BEFORE_COMMA],
  [',', 1, 1, NOTHING_BEFORE_COMMA],
  ['{"a":1,}', 1, 8, NO_MEMBER_AFTER_COMMA],
  ['{,"a":1}', 1, 2, NOTHING_BEFORE_COMMA],
  ['{"a":1,,"b":2}', 1, 8, NOTHING_BEFORE_COMMA],
  ['[{"a":1}\r\n{"a":2}]', 2, 1, NO_COMMA_IN_LIST],
  ['["a" "b"]', 1, 6, NO_COMMA_IN_LIST],
  ['["a""b"]', 1, 5, AFTER_TEXT],
  ['{"a":"say "hi" now"}', 1, 12, AFTER_TEXT],
  ['{"a":1 "b":2}', 1, 8, NO_COMMA_IN_OBJECT],
  ['{"a":1\r"b":2}', 2, 1, NO_COMMA_IN_OBJECT],
  ['{"a":1;"b":2}', 1, 7, NO_COMMA_IN_OBJECT],
  ['{"a":}', 1, 6, NO_VALUE_AFTER_COLON],
  ['{"a":,"b":1}', 1, 6, NO_VALUE_AFTER_COLON],
  ['{"a"}', 1, 5, NO_COLON],
  ['{"a","b"}', 1, 5, NO_COLON],
  ['{"a"=1}', 1, 5, NO_COLON],
  ['{a:1}', 1, 2, BARE_NAME],
  ['{"a":1,\n b:2}', 2, 2, BARE_NAME],
  ['{1:1}', 1, 2, BARE_NAME],
  ["{'a':1}", 1, 2, QUOTE],
  ["['a']", 1, 2, QUOTE],
  ['[“a”]', 1, 2, QUOTE],
  ['{"a": NaN}', 1, 7, WORD],
  ['[undefined]', 1, 2, WORD],
  ['[True]', 1, 2, WORD],
  ['[None]', 1, 2, WORD],
  ['[Infinity]', 1, 2, WORD],
  ['[tru]', 1, 2, WORD],
  ['[nullo]', 1, 2, WORD],
  ['[ärger]', 1, 2, WORD],
  ['[#ff0000]', 1, 2, WORD],
  ['hello', 1, 1, WORD],
  ['[01]', 1, 2, NUMBER],
  ['[+1]', 1, 2, NUMBER],
  ['[.5]', 1, 2, NUMBER],
  ['[1.]', 1, 2, NUMBER],
  ['[1,0x1F]', 1, 4, NUMBER],
  ['[1e]', 1, 2, NUMBER],
  ['[-]', 1, 2, NUMBER],
  ['[-Infinity]', 1, 2, NUMBER],
  ['[1-2]', 1, 2, NUMBER],
  ['{"a":2026-01-05}', 1, 6, NUMBER],
  ['["a\nb"]', 1, 4, LINE_BREAK],
  ['["a\r\nb"]', 1, 4, LINE_BREAK],
  ['["a\tb"]', 1, 4, CONTROL],
  ['["a\0"]', 1, 4, CONTROL],
  ['["a\\x41"]', 1, 4, ESCAPE],
  ['["\\N"]', 1, 3, ESCAPE],
  ['["\\u12G4"]', 1, 3, ESCAPE],
  ['["\\u12"]', 1, 3, ESCAPE],
  ["['it\\'s']", 1, 2, QUOTE],
  ['["C:\\Users"]', 1, 5, ESCAPE],
  ['// x\n[]', 1, 1, COMMENT],
  ['[1, /* x */ 2]', 1, 5, COMMENT],
  ['[1]\n// x', 2, 1, COMMENT],
  ['[1]\n\n[2]', 3, 1, MORE],
  ['{"a":1},{"a":2}', 1, 8, MORE],
  ['{"a":1}}', 1, 8, MORE],
  ['1 2', 1, 3, MORE],
  ['[}', 1, 2, LIST_CLOSED_WRONGLY],
  ['[1}', 1, 3, LIST_CLOSED_WRONGLY],
  ['{]', 1, 2, OBJECT_CLOSED_WRONGLY],
  ['{"a":[{"b":1]}', 1, 13, OBJECT_CLOSED_WRONGLY],
  [']', 1, 1, WORD],
  ['[\u00a01]', 1, 2, INVISIBLE],
  ['\ufeff[]', 1, 1, INVISIBLE],
  ['[]\0', 1, 3, INVISIBLE],
  ['[1,\u200b2]', 1, 4, INVISIBLE],
  ['["a', 1, 4, IN_TEXT],
  ['["a\\', 1, 5, IN_TEXT],
  ['["a\\u00', 1, 8, IN_TEXT],
  ['["a\\u00e9', 1, 10, IN_TEXT],
  ['{"a', 1, 4, IN_TEXT],
  ['[1,\n[2]', 2, 4, IN_LIST],
  ['[1,\n', 2, 1, IN_LIST],
  ['[', 1, 2, IN_LIST],
  ['[fal', 1, 5, IN_LIST],
  ['[1.', 1, 4, IN_LIST],
  ['[-', 1, 3, IN_LIST],
  ['[1e+', 1, 5, IN_LIST],
  ['[01', 1, 2, NUMBER],
  ['[falsy', 1, 2, WORD],
  ['{"records":[{"a":1}', 1, 20, IN_LIST],
  ['{"a":1', 1, 7, IN_OBJECT],
  ['{"a"', 1, 5, IN_OBJECT],
  ['{"a":', 1, 6, IN_OBJECT],
  ['tru', 1, 4, INCOMPLETE],
  ['-', 1, 2, INCOMPLETE],
  ['', 1, 1, INCOMPLETE],
  [' \n ', 2, 2, INCOMPLETE],
  ['["😀" 1]', 1, 7, NO_COMMA_IN_LIST],
  ['[\r\n\r\n\n\r1,,', 5, 3, NOTHING_BEFORE_COMMA],
])('%j breaks at line %i, column %i: %s', (text, line, column, reason) => {
  expect(jsonFault(text)).toEqual({ line, column, reason })
})

test.each([
  ...['{}', '[]', ' [ ] ', '"a"', '0', '-0', '-1.5e+10', '1E5', 'true', 'false', 'null', '\r\n[\t1 ]\n'],
  ...[
    '{"":{"a":[]},"b":[{},[1,"2",null]]}',
    '["\\"\\\\\\/\\b\\f\\n\\r\\t\\u00eF"]',
    '["\u2028\u007f\ud800ä😀"]',
  ],
])('%j is JSON', (text) => {
  expect(jsonFault(text)).toBeUndefined()
})

describe('agrees with JSON.parse', () => {
  const isJson = (text: string) => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }

  const FRAGMENTS = [
    ...[...'[]{}",:\\/\'+-.0123456789eEtfnuNI \t\n\r\f\0\u00a0\ufeffä'],
    ...[
      'true',
      'fals',
      'null',
      'NaN',
      '-0',
      '1e5',
      '01',
      '1.',
      '\\u00',
      '\\u0041',
      '\\x',
      '//',
      '"a"',
      '"a":',
      '},',
    ],
  ]
  const position = fc.nat({ max: 400 })
  const valid = fc
    .tuple(fc.json({ depthSize: 'medium', noUnicodeString: false }), fc.constantFrom(0, 1, 2))
    .map(([json, indent]) => JSON.stringify(JSON.parse(json), undefined, indent))
  const change = fc.tuple(position, fc.nat({ max: 3 }), fc.constantFrom('', ...FRAGMENTS))
  const mutated = fc.tuple(valid, fc.array(change, { maxLength: 3 })).map(([json, changes]) =>
    changes.reduce((text, [at, removed, inserted]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + inserted + text.slice(place + removed)
    }, json),
  )
  const assembled = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join(''))

  test.each([
    ['changed JSON', mutated],
    ['pieces of JSON', assembled],
  ])('on %s', (_, texts) => {
    void fc.assert(
      fc.property(texts, (text) => {
        expect(jsonFault(text) === undefined).toBe(isJson(text))
      }),
      { numRuns: 5_000 },
    )
  })

  test('on a part of JSON, which breaks at its end or not at all', () => {
    void fc.assert(
      fc.property(valid, position, (json, at) => {
        const part = json.slice(0, at % (json.length + 1))
        const lines = part.split('\n')
        const end = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
        const fault = jsonFault(part)
        if (fault) expect(fault).toMatchObject(end)
        else expect(isJson(part)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('and what stands before the fault may still become JSON', () => {
    void fc.assert(
      fc.property(mutated, (text) => {
        const fault = jsonFault(text)
        if (!fault) return
        const before = text.slice(0, placeIn(text, fault))
        const again = jsonFault(before)
        if (again) expect(again.reason).toMatch(/^the JSON ends /)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** The index of a line and a column. */
function placeIn(text: string, { line, column }: JsonFault): number {
  const before = text.split(/(?<=\r\n|\n|\r(?!\n))/).slice(0, line - 1)
  return before.join('').length + column - 1
}

test.each<[what: string, make: () => string, fault: object]>([
  ['lists in each other', () => '['.repeat(4_000_000), { column: 4_000_001, reason: IN_LIST }],
  ['objects in each other', () => '{"":'.repeat(1_000_000), { column: 4_000_001, reason: IN_OBJECT }],
  ['digits', () => `[${'1'.repeat(16_000_000)},]`, { column: 16_000_003, reason: NO_VALUE_AFTER_COMMA }],
  ['digits after a zero', () => `[0${'1'.repeat(16_000_000)}]`, { column: 2, reason: NUMBER }],
  ['letters', () => `[${'a'.repeat(16_000_000)}`, { column: 2, reason: WORD }],
  ['spaces', () => `[${' '.repeat(16_000_000)}}`, { column: 16_000_002, reason: LIST_CLOSED_WRONGLY }],
  ['line ends', () => `[${'\r\n'.repeat(8_000_000)}`, { line: 8_000_001, column: 1, reason: IN_LIST }],
  ['one text', () => `["${'x'.repeat(16_000_000)}`, { column: 16_000_003, reason: IN_TEXT }],
  ['backslashes', () => `["${'\\\\'.repeat(8_000_000)}`, { column: 16_000_003, reason: IN_TEXT }],
  ['texts', () => `["${'","'.repeat(4_000_000)}`, { column: 12_000_003, reason: IN_TEXT }],
])('reads megabytes of %s in one pass', (_, make, fault) => {
  expect(jsonFault(make())).toMatchObject(fault)
})
