import type { Capture } from '../../../functions/shared/capture.ts'
import { plural } from '../../local/plural.ts'
import { acceptedRows, type Forecast, forecast } from './forecast.ts'
import { printable } from './printable.ts'
import { tellReading } from './tell-reading.ts'
import { tellRows } from './tell-rows.ts'

/** Of a request: its reading, and what the worker would make of its rows. With `values`, what stands in them. */
export function tellCapture(capture: Capture, { values }: { values: boolean }): string[] {
  const { reading, problem, rows, moreRows, receivedAt } = capture
  const accepted = acceptedRows(capture)
  const ahead = forecast(accepted, receivedAt)
  const lines = [
    `Body         ${formatOf(capture)}`,
    ...(problem ? tellProblem(problem) : []),
    ...(reading ? tellReading(reading) : []),
    ...(accepted.length > 0 ? tellForecast(ahead) : []),
    ...(moreRows > 0
      ? [
          `             This is of the first ${plural(rows.length, 'row')}; ${moreRows} more did not fit the capture.`,
        ]
      : []),
    ...(values ? tellRows(rows, ahead) : []),
  ]
  return [headline(capture), ...lines.map((line) => `  ${line}`)].map(printable)
}

function headline({ receivedAt, connection, endpoint, method, requestId }: Capture): string {
  return `${receivedAt}  ${connection}  ${method} ${endpoint ?? '(a path that leads nowhere)'}  ${requestId}`
}

function formatOf({ format: { contentType, contentEncoding, bytes } }: Capture): string {
  const encoding = contentEncoding === undefined ? [] : [`Content-Encoding ${contentEncoding}`]
  return [`${bytes} bytes`, `Content-Type ${contentType ?? '(none)'}`, ...encoding].join(', ')
}

function tellProblem({ status, problem, title, detail, understood = [] }: NonNullable<Capture['problem']>) {
  const lines = understood.map(({ line, cells }) => `line ${line}: ${cells.join(', ')}`)
  return [
    `Not taken    ${status} ${problem}: ${title}`,
    ...[detail, ...lines].map((line) => `             ${line}`),
  ]
}

/** Braze's refusals are told once for each reason: there may be as many as rows. */
function tellForecast({ parked, objects, requests }: Forecast): string[] {
  const reasons = Map.groupBy(parked, ({ code, reason }) => `${code}: ${reason}`)
  return [
    `Sends        ${plural(objects.length, 'object')} in ${plural(requests, 'request')} to Braze, if nothing else is to be sent with them`,
    ...[...reasons]
      .slice(0, MAX_REASONS)
      .map(
        ([reason, rows], place) =>
          `${place === 0 ? 'Parks        ' : '             '}${plural(rows.length, 'row')} ${reason}`,
      ),
    ...(reasons.size > MAX_REASONS ? [`             and ${reasons.size - MAX_REASONS} more reasons`] : []),
  ]
}

const MAX_REASONS = 20
