import { expect, test } from 'vitest'
import {
  type CapturesDeps,
  type CapturesOptions,
  captures,
  type ReceivedCapture,
} from '../../../bin/ops/captures/captures.ts'

const capture = (connection: string, requestId: string) =>
  JSON.stringify({
    v: 1,
    connection,
    requestId,
    receivedAt: '2026-01-05T10:00:00.000Z',
    method: 'POST',
    format: { bytes: 1 },
    problem: { problem: 'not-json', status: 400, title: 'fixture title', detail: 'fixture detail' },
    rows: [],
    moreRows: 0,
  })

const received = (n: number, body: string): ReceivedCapture => ({
  messageId: `m-${n}`,
  handle: `h-${n}`,
  sentAt: n,
  body,
})

/** Runs `captures` on a queue that returns these batches, one for each receive, and then nothing. */
async function look(
  batches: (readonly ReceivedCapture[])[],
  options: Partial<CapturesOptions> = {},
  changes: Partial<CapturesDeps> = {},
) {
  const lines: string[] = []
  const hidden: [string[], number][] = []
  const waiting = [...batches]
  const run = captures(
    { connection: undefined, last: 10, values: false, ...options },
    {
      receive: async () => waiting.shift() ?? [],
      hide: async (held, seconds) => {
        hidden.push([held.map(({ handle }) => handle), seconds])
        return []
      },
      countHidden: async () => batches.flat().length,
      now: () => 0,
      stop: new AbortController().signal,
      out: (line) => lines.push(line),
      ...changes,
    },
  )
  return { run, lines, hidden }
}

const requestsIn = (lines: readonly string[]) => lines.flatMap((line) => /request-\d+/.exec(line)?.[0] ?? [])

test('shows the newest, of the connection that is asked for, and lets go of all', async () => {
  const { run, lines, hidden } = await look(
    [
      [received(3, capture('trial', 'request-3')), received(1, capture('trial', 'request-1'))],
      [received(4, capture('other', 'request-4')), received(2, capture('trial', 'request-2'))],
    ],
    { connection: 'trial', last: 2 },
  )
  await run
  expect(lines[0]).toBe('Captured: 3 requests, 2 shown')
  expect(requestsIn(lines)).toEqual(['request-3', 'request-2'])
  expect(hidden).toEqual([[['h-3', 'h-1', 'h-4', 'h-2'], 0]])
})

test('shows once what a standard queue hands out twice', async () => {
  const twice = received(1, capture('trial', 'request-1'))
  const { run, lines } = await look([[twice], [twice]], {}, { countHidden: async () => 1 })
  await run
  expect(lines[0]).toBe('Captured: 1 request, 1 shown')
})

test('tells what it can not read, and what others hold', async () => {
  const { run, lines } = await look(
    [[received(1, '{"v":2,"connection":"trial"}')]],
    {},
    {
      countHidden: async () => 3,
    },
  )
  await run
  expect(lines).toContain('A request that another version has captured.')
  expect(lines.at(-1)).toContain('About 2 more can’t'.replace('’', "'"))
})

test('says how to capture where nothing is', async () => {
  const { run, lines } = await look([], { connection: 'trial' })
  await run
  expect(lines.join()).toContain('Nothing was captured of trial in the last 7 days.')
})

test('lets go of what it has when SQS fails on the way', async () => {
  let receives = 0
  const { run, hidden } = await look(
    [],
    {},
    {
      receive: async () => {
        receives += 1
        if (receives > 1) throw new Error('fixture outage')
        return [received(1, capture('trial', 'request-1'))]
      },
    },
  )
  await expect(run).rejects.toThrow('fixture outage')
  expect(hidden).toEqual([[['h-1'], 0]])
})

test('ends before the first could be handed out again, and says so', async () => {
  let clock = 0
  const { run, lines } = await look(
    [],
    {},
    {
      now: () => clock,
      receive: async () => {
        clock += 20_000
        return [received(clock, capture('trial', `request-${clock}`))]
      },
    },
  )
  await run
  expect(lines.join()).toContain('these may not be the newest')
})
