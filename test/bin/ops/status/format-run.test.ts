import { expect, test } from 'vitest'
import { formatRun } from '../../../../bin/ops/status/format-run.ts'
import { runProgress } from '../../../../bin/ops/status/run-progress.ts'

type Counts = { accepted?: number; refused?: number; delivered?: number; givenUp?: number }

/** The report on a run whose log lines add up to these counts. */
function reportOf({ accepted, refused = 0, delivered, givenUp = 0 }: Counts, queuesEmpty = true): string[] {
  const line = { connection: 'default', kind: 'profiles', firstAt: 0, lastAt: 0 }
  const progress = runProgress({
    queues: [
      ...(accepted === undefined
        ? []
        : [{ ...line, stage: 'accepted' as const, done: accepted, parked: refused }]),
      ...(delivered === undefined
        ? []
        : [{ ...line, stage: 'delivered' as const, done: delivered, parked: givenUp }]),
    ],
    audiences: [],
  })
  return formatRun(progress, {
    run: '889',
    sinceMs: 259_200_000,
    queuesEmpty,
    paused: [],
    targetFlags: '--stage prod',
  })
}

test.each<[string, Counts, boolean]>([
  ['Run 889 has arrived: Braze has taken all 1,000 rows.', { accepted: 1_000, delivered: 1_000 }, true],
  ['Run 889 has arrived: Braze has taken its one row.', { accepted: 1, delivered: 1 }, true],
  [
    'Run 889 has arrived: Braze has taken 9 of 10 rows, 1 is parked.',
    { accepted: 10, delivered: 9, givenUp: 1 },
    true,
  ],
  ['Run 889: 4 of 10 rows are still on the way.', { accepted: 10, delivered: 6 }, false],
  [
    'Run 889: 1 of 12 rows is still on the way, 3 are parked.',
    { accepted: 10, refused: 2, delivered: 8, givenUp: 1 },
    false,
  ],
  [
    'Run 889 has left the queues, which are empty; the log does not tell what became of 4 of 10 rows.',
    { accepted: 10, delivered: 6 },
    true,
  ],
  [
    'Run 889 has not arrived: none of its 5 rows could be read, and all are parked.',
    { accepted: 0, refused: 5 },
    true,
  ],
  [
    'Run 889 was accepted before the last 3 days, in which 7 of its rows were delivered; --since looks further back.',
    { delivered: 7 },
    true,
  ],
])('%s', (sentence, counts, queuesEmpty) => {
  expect(reportOf(counts, queuesEmpty)[0]).toBe(sentence)
})

test('rows that were put back count again, and that is said', () => {
  expect(reportOf({ accepted: 10, delivered: 10, givenUp: 2 })).toEqual([
    'Run 889 has arrived: Braze has taken 10 of 10 rows, 2 are parked.',
    '',
    'Accepted             10  first 1970-01-01 00:00:00 UTC, last 1970-01-01 00:00:00 UTC',
    'Delivered            10  last 1970-01-01 00:00:00 UTC',
    'Parked                2',
    'Under way             0',
    '',
    '2 rows more than were accepted: what is put back counts again, and so does what a fault made the worker send twice.',
  ])
})

test('where the queues are empty and the log does not tell of all, it says why that may be', () => {
  expect(reportOf({ accepted: 10, delivered: 6 }).slice(-3).join(' ')).toContain(
    'A request that the sender repeated is counted twice and kept once',
  )
  expect(reportOf({ accepted: 10, delivered: 6 }, false).join(' ')).not.toContain('counted twice')
})
