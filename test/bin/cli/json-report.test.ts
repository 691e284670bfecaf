import { expect, test } from 'vitest'
import { jsonReport } from '../../../bin/cli/json-report.ts'

test('no character of a sender’s text can move the cursor, and the text stays the same', () => {
  const header = 'a\u001b[2J\u202eb\u009b\u{e0001}ü😀'
  const report = jsonReport({ command: 'explain', at: 0, ok: true, result: { header } }).join('\n')
  expect(report).toBe(`{
  "command": "explain",
  "at": "1970-01-01T00:00:00.000Z",
  "ok": true,
  "result": {
    "header": "a\\u001b[2J\\u202eb\\u009b\\udb40\\udc01ü😀"
  }
}`)
  expect(JSON.parse(report).result).toEqual({ header })
})
