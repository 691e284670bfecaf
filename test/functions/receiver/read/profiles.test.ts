import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { membershipsOf } from '../../../../functions/receiver/read/profile-row.ts'
import { readAll, readOneRow } from './read-one-row.ts'

/**
 * The rules for a row of a person, each with the object that Braze receives, or with the refusal. The last
 * cell of a line is the settings of the connection.
 */

const U1 = { external_id: 'fixture-u1' }

type Rule = readonly [rule: string, cells: object | string, expected: object | string, settings?: object]

/** Reads cells of a person, given as an object or as the JSON text of its members. */
function check([, cells, expected, settings = {}]: Rule, beside = {}): void {
  const members = typeof cells === 'string' ? cells : JSON.stringify(cells).slice(1, -1)
  const read = readOneRow(`{"external_id":"fixture-u1"${members && ','}${members}}`, { settings, beside })
  expect(read).toEqual(typeof expected === 'string' ? expected : { ...U1, ...expected })
}

const renamed = { columns: { A: { rename: 'tier' } } }
const nested = (levels: number) => `"a":${'['.repeat(levels)}${']'.repeat(levels)}`
const typed = (type: string) => ({ columns: { c: { type } } })
const REFUSED = { refused: 'fixture-7731' }

test.for<Rule>([
  ['a new name', { TIER: 'x' }, { tier: 'x' }, { columns: { TIER: { rename: 'tier' } } }],
  ['in any case', { 'Loyalty Tier': 'x' }, { tier: 'x' }, { columns: { loyalty_tier: { rename: 'tier' } } }],
  ['a flag', { in_vip: '1' }, { AIQ_7_2: true }, { columns: { in_vip: { rename: 'AIQ_7_2' } } }],
  ['meaningless here', { P: 'n' }, { name: 'n' }, { columns: { P: { rename: 'name' } } }],
  ['two that swap', { a: 1, b: 2 }, { b: 1, a: 2 }, { columns: { a: { rename: 'b' }, b: { rename: 'a' } } }],
  ['two that agree', { A: 'x', tier: 'x' }, { tier: 'x' }, renamed],
  ['two that disagree, the new one first', { A: 'x', tier: 'y' }, 'COLUMNS_CONFLICT tier', renamed],
  ['two that disagree, the new one last', { tier: 'y', A: 'x' }, 'COLUMNS_CONFLICT A', renamed],
  ['a column less', { SSN: 'x', a: 1 }, { a: 1 }, { columns: { ssn: { drop: true } } }],
  ['a column less, twice', '"SSN":1,"SSN":2,"a":1', { a: 1 }, { columns: { ssn: { drop: true } } }],
  ['a flag less', { AIQ_1042_2: 1, a: 1 }, { a: 1 }, { columns: { aiq_1042_2: { drop: true } } }],
  ['of equal digits', { AIQ_104_22: 1 }, { AIQ_104_22: true }, { columns: { AIQ_1042_2: { drop: true } } }],
  ['a type', { C: '007' }, { C: 7 }, typed('int')],
  ['a value of JSON', { c: '["a",{"b":1}]' }, { c: ['a', { b: 1 }] }, typed('json')],
  ['JSON that looks like a refusal', { c: '{"refused":"fixture-7731"}' }, { c: REFUSED }, typed('json')],
  ['nothing in an empty cell of a type', { c: '', a: 1 }, { a: 1 }, typed('int')],
  ['an empty text', { c: '', a: 1 }, { c: '', a: 1 }, typed('string')],
  ['no value of its type', { C: 'maybe' }, 'CELL_NOT_OF_TYPE C', typed('bool')],
  ['JSON with many digits', { c: '[9007199254740993]' }, 'NUMBER_NOT_EXACT c', typed('json')],
  ['JSON with a name twice', { c: '{"a":1,"a":2}' }, 'COLUMN_TWICE c', typed('json')],
  ['JSON too deep', { c: `${'['.repeat(51)}${']'.repeat(51)}` }, 'ROW_TOO_DEEP c', typed('json')],
])('a column: %s', (rule) => check(rule))

test.for<Rule>([
  ['any value', { 'S N': '', n: 0, gone: null, f: false }, { 'S N': '', n: 0, gone: null, f: false }],
  ['nested values', { tags: ['a', { b: 1.5 }] }, { tags: ['a', { b: 1.5 }] }],
  ['event columns', { name: 'n', event_id: 'e', user: 'u' }, { name: 'n', event_id: 'e', user: 'u' }],
  ['a reserved word', { ...REFUSED, AIQ_SEGMENT_NM: 's' }, { ...REFUSED, AIQ_SEGMENT_NM: 's' }],
  ['50 levels', nested(50), JSON.parse(`{${nested(50)}}`)],
  ['51 levels', nested(51), 'ROW_TOO_DEEP a'],
  ['100,000 levels', nested(100_000), 'ROW_TOO_DEEP a'],
  ['a name twice', '"a":1,"a":2', 'COLUMN_TWICE a\0again'],
  ['a name twice within', '"a":[{"b":1,"b":2}]', 'COLUMN_TWICE a'],
  ['many digits', '"n":1234567890123456789', 'NUMBER_NOT_EXACT n'],
  ['many digits within', '"n":[{"m":1234567890123456789}]', 'NUMBER_NOT_EXACT n'],
  ['nothing', {}, 'ROW_EMPTY'],
  ['two times', { a: 1, time: 1_763_632_805, export_ts: 1_763_632_806 }, 'COLUMNS_CONFLICT time'],
  ['a time that cannot be read', { a: 1, time: 'soon' }, 'TIME_UNREADABLE time'],
])('attributes: %s', (rule) => check(rule))

const MEMBER = { audience_id: '1042', split_id: '2' }
const LEFT = { ...MEMBER, op: 'leave' }

test.for<Rule>([
  ['presence', MEMBER, { AIQ_1042_2: true }],
  ['enter', { ...MEMBER, op: 'enter' }, { AIQ_1042_2: true }],
  ['leave', LEFT, { AIQ_1042_2: false }],
  ['update', { ...MEMBER, op: 'update', a: 1 }, { a: 1 }],
  ['update of nothing', { ...MEMBER, op: 'update' }, 'ROW_EMPTY'],
  ['update without an audience', { op: 'update', a: 1 }, { a: 1 }],
  ['no split', { audience_id: '7' }, { AIQ_7_0: true }],
  ['a default split', { audience_id: '7' }, { AIQ_7_all: true }, { defaultSplitId: 'all' }],
  ['an unknown operation', { ...MEMBER, op: 'x' }, 'OP_UNKNOWN op'],
  ['enter without an audience', { op: 'enter' }, 'OP_WITHOUT_AUDIENCE'],
  ['a split without an audience', { split_id: '2' }, 'SPLIT_WITHOUT_AUDIENCE'],
  ['a flag beside it', { ...MEMBER, AIQ_1043_1: 'true' }, { AIQ_1042_2: true, AIQ_1043_1: true }],
  ['a flag that agrees', { ...MEMBER, AIQ_1042_2: 1 }, { AIQ_1042_2: true }],
  ['a flag that contradicts', { ...MEMBER, AIQ_1042_2: 0 }, 'MEMBERSHIP_CONFLICT AIQ_1042_2'],
  ['two flags that contradict', '"AIQ_1_2":0,"aiq_1_2":1', 'MEMBERSHIP_CONFLICT AIQ_1_2'],
  ['a flag twice', '"AIQ_1_2":1,"AIQ_1_2":0', 'COLUMN_TWICE AIQ_1_2\0again'],
  ['a flag beside an update', { ...MEMBER, op: 'update', AIQ_7_1: 1 }, { AIQ_7_1: true }],
  ['a flag with a word', { AIQ_1_2: 'gold' }, 'FLAG_NOT_BOOLEAN AIQ_1_2'],
  ['an empty flag', { AIQ_1_2: null }, 'FLAG_NOT_BOOLEAN AIQ_1_2'],
  ['"_" in the audience', { audience_id: 'a_b' }, 'AUDIENCE_ID_INVALID'],
  ['"_" in the split', { audience_id: 'a', split_id: 'b_2' }, 'AUDIENCE_ID_INVALID'],
  ['"_" in an update', { audience_id: 'a_b', op: 'update', a: 1 }, { a: 1 }],
  ['a name', MEMBER, { aud_1042_2: true }, { flagName: 'aud_{audience}_{split}' }],
  ['a name for a flag', { AIQ_7_1: 'true' }, { '1_of_7': true }, { flagName: '{split}_of_{audience}' }],
  ['null for leave', LEFT, { AIQ_1042_2: null }, { leaveWrites: 'null' }],
])('a membership: %s', (rule) => check(rule))

test.each<[rule: string, beside: object, cells: object, expected: object | string]>([
  ['what is beside the list', LEFT, {}, { AIQ_1042_2: false }],
  ['the row is stronger', LEFT, { audience_id: '7', split_id: '3', op: 'enter' }, { AIQ_7_3: true }],
  ['a split alone says nothing', { split_id: '2' }, { a: 1 }, { a: 1 }],
  ['an operation alone', { op: 'leave' }, { a: 1 }, 'OP_WITHOUT_AUDIENCE'],
  ['"_" in the audience', { audience_id: 'a_b' }, {}, 'AUDIENCE_ID_INVALID'],
  ['flags beside it', MEMBER, { AIQ_1044_1: 'no' }, 'FLAG_NOT_BOOLEAN AIQ_1044_1'],
  ['flags as well', MEMBER, { AIQ_1044_1: 0 }, { AIQ_1042_2: true, AIQ_1044_1: false }],
])('a membership is inherited: %s', (rule, beside, cells, expected) => {
  check([rule, cells, expected], beside)
})

test('a renamed column is read beside the list too, and its type holds there', () => {
  const columns = { campaign: { rename: 'audience_id' }, made: { rename: 'exported_at', type: 'date_ms' } }
  check(['', {}, { AIQ_1042_0: true }, { columns }], { CAMPAIGN: '1042' })
  const { records } = readAll({ MADE: 86_400_000, records: [{ ...U1, a: 1 }] }, { columns })
  expect(records.accepted[0]?.record).toMatchObject({ source_time: '1970-01-02T00:00:00Z' })
})

test('a dropped column may hold anything beside the list, and is not reported', () => {
  const body = { op: 'fixture', records: [{ ...U1, a: 1 }] }
  const { records, ignoredFields } = readAll(body, { columns: { op: { drop: true } } })
  expect([records.rejected, ignoredFields]).toEqual([[], []])
})

test('a row may have 100,000 flags', () => {
  const flags = Array.from({ length: 100_000 }, (_, n) => ({
    audience_id: `${n}`,
    split_id: '1',
    member: true,
  }))
  expect(membershipsOf({ fields: {}, flags }, {}, '1')).toHaveLength(100_000)
})

const EMAIL = { email: 'fixture@example.com' }
const PREFIX = { attributePrefix: 'v_' }
const OWN = { attributePrefix: '{audience}_' }
const HOME = { attributePrefix: 'home_' }
const ALLOWED = { ...PREFIX, attributes: { allow: ['a'] } }

test.for<Rule>([
  ['a prefix, but not for a field of Braze', { t: 1, ...EMAIL }, { v_t: 1, ...EMAIL }, PREFIX],
  ['the audience in it', { t: 1 }, { a7_t: 1 }, { attributePrefix: 'a{audience}_' }],
  ['one for this audience', { t: 1 }, { vip_t: 1 }, { attributePrefix: { 7: 'vip_' } }],
  ['none for another', { t: 1 }, { t: 1 }, { attributePrefix: { 8: 'vip_' } }],
  ['under spaces', { ' email ': 'fixture@example.com', ' a ': 1 }, { ...EMAIL, v_a: 1 }, PREFIX],
  ['one that makes a field', { city: 'a', home_city: 'b' }, 'COLUMNS_CONFLICT home_city', HOME],
  ['a word that looks like a refusal', REFUSED, { v_refused: 'fixture-7731' }, PREFIX],
  ['an audience two could share', { audience_id: '1_7', a: 1 }, 'AUDIENCE_ID_INVALID', OWN],
  ['another such audience', { audience_id: '1,7', a: 1 }, 'AUDIENCE_ID_INVALID', OWN],
  ['such an audience without it', { audience_id: '1_7', a: 1 }, { v_a: 1 }, PREFIX],
  ['those allowed', { t: 1, ...EMAIL }, { t: 1 }, { attributes: { allow: ['t'] } }],
  ['those not denied', { t: 1, ...EMAIL }, EMAIL, { attributes: { deny: ['t'] } }],
  ['an allowed word that looks like a refusal', REFUSED, REFUSED, { attributes: { allow: ['refused'] } }],
  ['a directive', { a: 1, b: 2, _merge_objects: true }, { v_a: 1, _merge_objects: true }, ALLOWED],
  ['its new name', { x: 1, y: 2 }, { v_a: 1 }, { ...ALLOWED, columns: { x: { rename: 'a' } } }],
  ['existing people', { t: 1 }, { t: 1, _update_existing_only: true }, { updateExistingOnly: true }],
])('an attribute of an audience: %s', ([rule, cells, expected, settings = {}]) => {
  const row = { audience_id: '7', op: 'update', ...Object(cells) }
  check([rule, row, expected, settings])
})

test.for<Rule>([
  ['no prefix without an audience', { tier: 1 }, { tier: 1 }, PREFIX],
  ['a row that had nothing else', { tier: 1 }, 'ROW_EMPTY', { attributes: { deny: ['tier'] } }],
])('an attribute of nobody’s audience: %s', (rule) => check(rule))

test('attributes that are left out are reported once', () => {
  const rows = [1, 2].map((a) => ({ ...U1, a, b: 2 }))
  expect(readAll(rows, { attributes: { allow: ['a'] } }).ignoredFields).toEqual(['b'])
})

describe('identifiers', () => {
  const person = { columns: { person_key: { rename: 'external_id' } } }
  const strips = { stripIdPrefix: 'crm:' }

  test.for<Rule>([
    ['none', { audience_id: '1042' }, 'IDENTIFIER_MISSING'],
    ['empty ones', { external_id: ' ', braze_id: null, a: 1 }, 'IDENTIFIER_MISSING'],
    ['an object', { external_id: { a: 1 }, a: 1 }, 'VALUE_NOT_TEXT external_id'],
    ['two that disagree', { external_id: 'u-1', customer_id: 'c-1' }, 'COLUMNS_CONFLICT customer_id'],
    ['two that agree', { external_id: '5', user_id: 5, a: 1 }, { external_id: '5', a: 1 }],
    ['many digits', '{"external_id":9007199254740993,"a":1}', { external_id: '9007199254740993', a: 1 }],
    ['both kinds', { external_id: 'u-1', braze_id: 'b-1', a: 1 }, { external_id: 'u-1', a: 1 }],
    ['a Braze id', { braze_id: 'b-1', a: 1 }, { braze_id: 'b-1', a: 1 }],
    ['another header', { PERSON_KEY: 'u', a: 1 }, { external_id: 'u', a: 1 }, person],
    ['a prefix', { external_id: 'crm:7', a: 1 }, { external_id: '7', a: 1 }, strips],
    ['no prefix', { external_id: '7', a: 1 }, { external_id: '7', a: 1 }, strips],
    ['a prefix twice', { external_id: 'crm:crm:7', a: 1 }, { external_id: 'crm:7', a: 1 }, strips],
    [
      'a prefix of one of two',
      { external_id: 'crm:7', user_id: '7', a: 1 },
      { external_id: '7', a: 1 },
      strips,
    ],
    [
      'a prefix alone',
      { external_id: 'crm:', braze_id: 'b', a: 1 },
      'IDENTIFIER_MISSING external_id',
      strips,
    ],
    ['a prefix and a space', { external_id: 'crm: ', a: 1 }, 'IDENTIFIER_MISSING external_id', strips],
    ['a prefix of a Braze id', { braze_id: 'crm:b', a: 1 }, { braze_id: 'crm:b', a: 1 }, strips],
  ])('%s', ([, row, expected, settings = {}]) => {
    expect(readOneRow(row, { settings })).toEqual(expected)
  })
})

test('columns that give each header a new name and its old one again change nothing', async () => {
  const header = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
  const cells = fc.dictionary(header, fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { maxLength: 5 }), async (rows) => {
      const body = rows.map((row) => ({ ...row, ...U1 }))
      const headers = [...new Set(body.flatMap((row) => Object.keys(row)))]
      const columns = Object.fromEntries(headers.map((name) => [`x-${name}`, { rename: name }]))
      const renamed = body.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [`x-${name}`, value])),
      )
      const plain = readAll(body, {}, 'activations').records
      const there = readAll(renamed, { columns }, 'activations').records
      expect(there.accepted).toEqual(plain.accepted)
      expect(there.rejected.map(({ code }) => code)).toEqual(plain.rejected.map(({ code }) => code))
    }),
  )
})
