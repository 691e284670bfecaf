import { expect, test } from 'vitest'
import { reportRun, runProgress } from '../../../../bin/ops/status/run.ts'
import { waitUntilFinal } from '../../../../bin/ops/status/wait.ts'
import type { Verdict } from '../../../../bin/ops/verdict.ts'

type Counts = { accepted?: number; unreadable?: number; delivered?: number; parked?: number }

/** The report on a run whose log lines add up to these counts. */
function reportOf(
  { accepted, unreadable = 0, delivered, parked = 0 }: Counts,
  queuesEmpty = true,
  hold?: Verdict,
) {
  const line = { connection: 'default', kind: 'profiles', firstAt: 0, lastAt: 0 }
  const queues = [
    ...(accepted === undefined
      ? []
      : [{ ...line, stage: 'accepted' as const, done: accepted, parked: unreadable }]),
    ...(delivered === undefined ? [] : [{ ...line, stage: 'delivered' as const, done: delivered, parked }]),
  ]
  return reportRun(runProgress({ queues, audiences: [] }), {
    run: '889',
    sinceMs: 259_200_000,
    queuesEmpty,
    ...(hold && { hold }),
    targetFlags: '--stage prod',
  })
}

const EMPTY = true
const FILLED = false

test.each<[boolean, string, Counts, boolean]>([
  [true, 'Run 889 has arrived: all 1,000 rows are in Braze.', { accepted: 1_000, delivered: 1_000 }, EMPTY],
  [true, 'Run 889 has arrived: its only row is in Braze.', { accepted: 1, delivered: 1 }, EMPTY],
  [
    false,
    'Run 889 is incomplete: 9 of 10 rows are in Braze, 1 is parked.',
    { accepted: 10, delivered: 9, parked: 1 },
    EMPTY,
  ],
  [
    false,
    'Run 889 is in progress: 4 of 10 rows are not in Braze yet.',
    { accepted: 10, delivered: 6 },
    FILLED,
  ],
  [
    false,
    'Run 889 is in progress: 1 of 12 rows is not in Braze yet, 3 are parked.',
    { accepted: 10, unreadable: 2, delivered: 8, parked: 1 },
    FILLED,
  ],
  [
    false,
    'Run 889 is incomplete: the queues are empty, but the log does not account for 4 of 10 rows.',
    { accepted: 10, delivered: 6 },
    EMPTY,
  ],
  [
    false,
    'Run 889 is incomplete: none of its 5 rows could be read, and all are parked.',
    { accepted: 0, unreadable: 5 },
    EMPTY,
  ],
  [
    false,
    'Run 889 was accepted before the last 3 days, in which 7 rows of it reached Braze. --since looks further back.',
    { delivered: 7 },
    EMPTY,
  ],
  [
    false,
    'Run 889 may be incomplete: 2 of 10 rows were parked, and some were delivered again.',
    { accepted: 10, delivered: 10, parked: 2 },
    EMPTY,
  ],
  [false, 'Nothing is known of run 889 in the last 3 days.', {}, EMPTY],
])('%s: %s', (ok, sentence, counts, queuesEmpty) => {
  const report = reportOf(counts, queuesEmpty)
  expect([report.ok, report.lines[0]]).toEqual([ok, sentence])
})

test('says that redriven rows count again', () => {
  expect(reportOf({ accepted: 10, delivered: 10, parked: 2 }).lines.join('\n')).toMatchInlineSnapshot(`
    "Run 889 may be incomplete: 2 of 10 rows were parked, and some were delivered again.

    Accepted             10  first 1970-01-01T00:00:00Z, last 1970-01-01T00:00:00Z
    Delivered            10  last 1970-01-01T00:00:00Z
    Parked                2
    In progress           0

    2 rows more than accepted: redriven rows count again, and so do rows
    that the worker sent twice after a fault.
    npm run ops -- verify FILE --stage prod asks Braze itself."
  `)
})

test('says why the log may not account for all rows while the queues are empty, and only then', () => {
  expect(reportOf({ accepted: 10, delivered: 6 }).lines.join('\n')).toMatchInlineSnapshot(`
    "Run 889 is incomplete: the queues are empty, but the log does not account for 4 of 10 rows.

    Accepted             10  first 1970-01-01T00:00:00Z, last 1970-01-01T00:00:00Z
    Delivered             6  last 1970-01-01T00:00:00Z
    Parked                0
    Missing               4

    A request that the sender repeated is counted twice and kept once. A worker
    that was cut off does not log what it has done. The log is some seconds late.
    npm run ops -- verify FILE --stage prod asks Braze itself."
  `)
  expect(reportOf({ accepted: 10, delivered: 6 }, FILLED).lines.join(' ')).not.toContain('counted twice')
})

test.each([
  [EMPTY, { accepted: 10, parked: 3, unreadable: 2, inProgress: 0, missing: 4, repeated: 0 }],
  [FILLED, { accepted: 10, parked: 3, unreadable: 2, inProgress: 4, missing: 0, repeated: 0 }],
])('the result for machines, with empty queues: %s', (queuesEmpty, result) => {
  expect(
    reportOf({ accepted: 10, unreadable: 2, delivered: 5, parked: 1 }, queuesEmpty).result,
  ).toMatchObject(result)
})

const FAILING: Verdict = {
  severity: 'problem',
  code: 'BRAZE_REFUSES',
  headline: 'Braze refuses the key (401).',
  meaning: '2 messages wait. Nothing is lost: delivery goes on when the cause is gone.',
  next: 'check',
}

test('a run whose rows are held says why, and what to do', () => {
  const report = reportOf({ accepted: 10, delivered: 6 }, FILLED, FAILING)
  expect(report.lines.slice(0, 4)).toEqual([
    'Run 889 is held: 4 of 10 rows are not in Braze yet.',
    '!!  Braze refuses the key (401).',
    '    2 messages wait. Nothing is lost: delivery goes on when the cause is gone.',
    '    Next: npm run ops -- check --stage prod',
  ])
  expect([report.ok, report.isFinal]).toEqual([false, false])
})

test.each<[string, boolean, Counts, boolean, Verdict | undefined]>([
  ['arrived', true, { accepted: 2, delivered: 2 }, EMPTY, undefined],
  ['arrived', true, { accepted: 2, delivered: 2 }, FILLED, FAILING],
  ['in progress', false, { accepted: 2, delivered: 1 }, FILLED, undefined],
  ['held', false, { accepted: 2, delivered: 1 }, FILLED, FAILING],
  // The log is some seconds late, so this may still change.
  ['incomplete', false, { accepted: 2, delivered: 1 }, EMPTY, undefined],
  ['incomplete', true, { accepted: 2, delivered: 1, parked: 1 }, EMPTY, undefined],
  ['unknown', false, {}, EMPTY, undefined],
])('%s, final: %s', (state, isFinal, counts, queuesEmpty, hold) => {
  const report = reportOf(counts, queuesEmpty, hold)
  expect(report.result).toMatchObject({ state })
  expect(report.isFinal ?? false).toBe(isFinal)
})

test.each([
  [60_000, 3, true],
  [2_000, 2, false],
])('waiting for %i ms at most reads %i times', async (atMostMs, reads, isFinal) => {
  let now = 0
  let read = 0
  const pauses: number[] = []
  const report = await waitUntilFinal(
    async () => {
      read += 1
      return { ok: read === 3, isFinal: read === 3, lines: [], result: {} }
    },
    atMostMs,
    2_000,
    {
      now: () => now,
      pause: async (ms) => {
        pauses.push(ms)
        now += ms
      },
      stop: new AbortController().signal,
    },
  )
  expect([read, report.isFinal]).toEqual([reads, isFinal])
  expect(pauses).toEqual(Array(reads - 1).fill(2_000))
})
