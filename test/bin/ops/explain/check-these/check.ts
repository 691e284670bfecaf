import { mergeSettings, type Warning } from '../../../../../bin/ops/explain/check-these/warning.ts'
import { explain } from '../../../../../bin/ops/explain/explain.ts'
import type { RequestOptions } from '../../../../../bin/ops/sent-file/request-options.ts'
import { Connections } from '../../../../../functions/shared/connection.ts'

/** A request and the settings by which it is read. `rows` are sent as JSON. */
export type Check = {
  body?: string | Buffer
  rows?: readonly object[]
  rules?: object
} & Partial<RequestOptions>

/** Explains a request. */
export function explained({ body, rows, rules = {}, ...request }: Check) {
  const connections = Connections.parse({ default: rules })
  const connection = connections.default
  const options = { endpoint: 'records', connection: 'default', contentType: undefined, query: {} } as const
  const { capture, warnings } = explain(
    Buffer.from(body ?? JSON.stringify(rows)),
    { ...options, ...request },
    connection,
    {
      settings: { lanes: 16, objectsPerRequest: 75, connections },
      now: () => Date.parse('2026-01-05T10:00:00Z'),
      newId: () => 'id',
    },
  )
  return { capture, connection, warnings }
}

/** @returns the warnings about a request. */
export const check = (request: Check): Warning[] => explained(request).warnings

/** The codes of the rejected rows, each with their number, and the codes of the warnings. */
export function rejectedAndWarned(request: Check): { rejected: object; warned: string[] } {
  const { capture, warnings } = explained(request)
  const codes = (capture.reading?.refusals ?? []).map(({ code, rows }) => [code, rows] as const)
  return { rejected: Object.fromEntries(codes), warned: warnings.map(({ code }) => code) }
}

/** Rows with one column besides the person's. */
export const column = (header: string, values: readonly unknown[]) => ({
  rows: values.map((value, index) => ({ external_id: `fixture-u${index}`, [header]: value })),
})

/** The same column in a CSV, where every cell is a text. */
export const csvColumn = (header: string, values: readonly string[]) => ({
  body: [
    `external_id,${cell(header)}`,
    ...values.map((value, index) => `fixture-u${index},${cell(value)}`),
  ].join('\n'),
})

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

/** The codes of a request's warnings. */
export const codesOf = (request: Check) => check(request).map(({ code }) => code)

/** What is suggested for a column: its rule, `no setting`, or undefined if nothing is said about it. */
export function suggested(request: Check, code: string, header: string) {
  const warning = check(request).find((found) => found.code === code && found.column === header)
  return warning && (warning.setting?.columns?.[header] ?? 'no setting')
}

/**
 * Adds all suggested columns to the settings and checks the request again.
 * @returns the codes of the warnings whose suggestion did not help.
 */
export function left(request: Check): string[] {
  const warnings = check(request).filter(({ setting }) => setting?.columns)
  const columns = mergeSettings(warnings)?.columns ?? {}
  const after = check({ ...request, rules: { ...request.rules, columns } })
  return warnings
    .filter(({ code, column }) => after.some((found) => found.code === code && found.column === column))
    .map(({ code }) => code)
}

/** Rows of events that differ in one column. */
export const events = (header: string, values: readonly unknown[], more: object = {}): Check => ({
  endpoint: 'events',
  rows: values.map((value, index) => ({
    external_id: `fixture-u${index}`,
    event_name: 'fixture',
    time: '2026-01-05T10:00:00Z',
    ...more,
    [header]: value,
  })),
})
