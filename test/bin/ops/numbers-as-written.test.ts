import { expect, test } from 'vitest'
import { capturesForJson, formatCaptures } from '../../../bin/ops/captures/captures.ts'
import { formatGroups } from '../../../bin/ops/dead-letters/format.ts'
import { formatPlan } from '../../../bin/ops/redrive/format.ts'
import { planRedrive } from '../../../bin/ops/redrive/plan.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { SETTINGS } from '../../functions/receiver/settings-fixture.ts'
import { DEFAULT_OPTIONS, deadLetterOf, messageBody, NOON, rowsBody } from './redrive/harness.ts'

/** Each command that shows the content of a queue shows the numbers in it digit by digit. */

const ROW = '{"tier":12345678901234567891,"a":[1.10,-0],"b":{"c":1E5,"d":1.0},"e":1e400,"f":-2.50e-3}'

const ROWS = rowsBody('IDENTIFIER_MISSING', [ROW])
/** Accepted too long ago to be redriven without being asked for. */
const OLD = { receivedAt: '2026-01-05T10:00:00.000Z' }
const RECORD = `{"type":"profile","external_id":"fixture-u1","attributes":${ROW}}`
const RECORDS = messageBody('ATTRIBUTE_REFUSED', [], OLD).replace('"records":[]', `"records":[${RECORD}]`)

const listed = (body: string) => {
  const scanned = {
    listing: 'complete',
    total: 1,
    deadLetters: [],
    unseen: { visible: 0, hiddenElsewhere: 0 },
  }
  return formatGroups({ ...scanned, listing: 'complete' }, [deadLetterOf(body)], '--local', NOON)
}

test.each([
  ['rows', ROWS, `    [${ROW}]`],
  ['records', RECORDS, `    [${RECORD}]`],
])('dead-letters --values, %s', (_, body, line) => {
  expect(listed(body)).toContain(line)
})

const shown = (body: string) => {
  const options = { ...DEFAULT_OPTIONS, yes: false, show: true }
  return formatPlan(planRedrive([deadLetterOf(body)], options, NOON, SETTINGS), options)
}

test.each([
  ['rows', ROWS, `    {"index":0,"row":${ROW}}`],
  ['records', RECORDS, `    ${RECORD}`],
])('redrive --show, %s that stay', (_, body, line) => {
  expect(shown(body)).toContain(line)
})

const CAPTURE = `{"v":1,"connection":"trial","requestId":"request-1","receivedAt":"2026-01-05T10:00:00.000Z","method":"POST","endpoint":"records","format":{"bytes":1},"rows":[{"index":0,"row":${ROW},"code":"IDENTIFIER_MISSING"}],"moreRows":0}`

const captures = {
  newest: [{ messageId: 'm-1', handle: 'h-1', sentAt: 1, body: CAPTURE }],
  found: 1,
  complete: true,
  hidden: 0,
}
const view = { values: true, objectsPerRequest: 75, connections: Connections.parse({}) }

test('captures --values', () => {
  expect(formatCaptures(captures, { connection: undefined, ...view })).toContain(`    sent       ${ROW}`)
})

test('captures --values --json', () => {
  const json = JSON.stringify(capturesForJson(captures, view))
  expect(json).toContain(`"sent":${ROW},"code":"IDENTIFIER_MISSING"`)
})
