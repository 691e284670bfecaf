import * as z from 'zod'
import { TOKEN_HEADER } from '../../functions/shared/connection.ts'
import type { Paint } from '../cli/paint.ts'
import { reportSample, type SampleResponse } from './demo-report.ts'
import { readSamples } from './samples.ts'
import type { Local } from './start.ts'

const ReceiverAnswer = z.object({
  requestId: z.string(),
  errors: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })).default([]),
})

/**
 * Sends the sample input as a sender would, waits until all of it is delivered or parked, and prints the
 * result of each row.
 */
export async function demo(
  local: Local,
  token: string,
  print: (line: string) => void,
  paint: Paint,
): Promise<void> {
  const { simulator } = local
  if (!simulator) return
  print(paint('bold', 'Sending the sample input'))
  print('')
  const sent: { file: string; path: string; body: string; answer: SampleResponse }[] = []
  for (const { file, endpoint, body } of readSamples()) {
    const path = `/v1/${endpoint}`
    sent.push({ file, path, body, answer: await post(`${local.url}${path}`, token, body) })
  }
  const late = await local.queues.waitUntilQuiet().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  for (const sample of sent)
    for (const line of reportSample(sample, simulator, local.queues.deadLetters(), paint)) print(line)
  if (late !== undefined) print(paint('yellow', `Not everything is delivered yet, ${late}.`))
}

async function post(url: string, token: string, body: string): Promise<SampleResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [TOKEN_HEADER]: token },
    body,
  })
  const text = await response.text()
  const parsed = ReceiverAnswer.safeParse(JSON.parse(text))
  return { status: response.status, ...(parsed.data ?? { requestId: '', errors: [] }) }
}
