import type { Capture } from '../../../functions/shared/capture.ts'
import { plural } from '../../cli/plural.ts'
import { acceptedRows, type Forecast, forecast } from './forecast.ts'
import { formatReading } from './format-reading.ts'
import { formatRows } from './format-rows.ts'
import { printable } from './printable.ts'

/**
 * Formats how a request was read and what the worker would do with its rows.
 * @param values also shows the content of the rows.
 */
export function formatCapture(capture: Capture, { values }: { values: boolean }): string[] {
  const { reading, problem, rows, moreRows, receivedAt } = capture
  const accepted = acceptedRows(capture)
  const predicted = forecast(accepted, receivedAt)
  const lines = [
    `Body         ${formatOf(capture)}`,
    ...(problem ? formatProblem(problem) : []),
    ...(reading ? formatReading(reading) : []),
    ...(accepted.length > 0 ? formatForecast(predicted) : []),
    ...(moreRows > 0
      ? [
          `             This is of the first ${plural(rows.length, 'row')}; ${moreRows} more did not fit the capture.`,
        ]
      : []),
    ...(values ? formatRows(rows, predicted) : []),
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

function formatProblem({ status, problem, title, detail, understood = [] }: NonNullable<Capture['problem']>) {
  const lines = understood.map(({ line, cells }) => `line ${line}: ${cells.join(', ')}`)
  return [
    `Not taken    ${status} ${problem}: ${title}`,
    ...[detail, ...lines].map((line) => `             ${line}`),
  ]
}

/** Lists each park reason once, because there may be as many parked rows as rows. */
function formatForecast({ parked, objects, requests }: Forecast): string[] {
  const reasons = Map.groupBy(parked, ({ code, reason }) => `${code}: ${reason}`)
  return [
    `Sends        ${plural(objects.length, 'object')} in ${plural(requests, 'request')} to Braze, if nothing else is to be sent with them`,
    ...[...reasons]
      .slice(0, MAX_REASONS)
      .map(
        ([reason, rows], index) =>
          `${index === 0 ? 'Parks        ' : '             '}${plural(rows.length, 'row')} ${reason}`,
      ),
    ...(reasons.size > MAX_REASONS ? [`             and ${reasons.size - MAX_REASONS} more reasons`] : []),
  ]
}

const MAX_REASONS = 20
