import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { runOps } from '../run-ops.ts'
import { type AwsCall, type AwsResponder, stackOnLoopback } from '../stack-on-loopback.ts'

/** These tests run `status` against a deployed stack. The real SDK calls a server on loopback. */

const NOW = Date.parse('2026-01-05T10:00:30.000Z')

const METRICS: Record<string, number[]> = {
  profiles_RowsAccepted_0: [900, 134],
  profiles_RecordsDelivered_0: [1_000],
  profiles_RowsParked_0: [3],
  profiles_RecordsParked_0: [1],
  // Messages that the worker could not read.
  profiles_RecordsParked_1: [3],
  profiles_requests: [20],
  profiles_objects: [900],
  profiles_p50: [1_250],
  profiles_p99: [9_000, 95_000],
  events_RowsAccepted_0: [2],
  all_RowsAccepted: [1_036],
  answer_2xx: [19],
  answer_429: [1],
}

/** The code of a later version is only known to CloudWatch. */
const PARKED: Record<string, number[]> = {
  REJECTED_BY_BRAZE: [4, 2],
  ROW_TOO_LARGE: [0],
  IDENTIFIER_MISSING: [1_200],
  LATER_CODE: [5],
}

/** Answers every query of the metrics in the same way, and every query of the log with `rows`. */
function aws(rows: (query: string) => object[][], calls: AwsCall[] = []): AwsResponder {
  const queries: string[] = []
  return (call) => {
    const { what, body } = call
    calls.push(call)
    switch (what) {
      case 'GET /2015-03-31/event-source-mappings/uuid-p':
        return { UUID: 'uuid-p', State: 'Disabled' }
      case 'GET /2015-03-31/event-source-mappings/uuid-e':
        return { UUID: 'uuid-e', State: 'Enabled' }
      case 'GetQueueAttributes':
        return {
          Attributes: String(body.QueueUrl).endsWith('p.fifo')
            ? {
                ApproximateNumberOfMessages: '7',
                ApproximateNumberOfMessagesDelayed: '5',
                ApproximateNumberOfMessagesNotVisible: '3',
              }
            : { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
        }
      case 'GetMetricData':
        return {
          MetricDataResults: queriesOf(body).map((query) => ({ Id: query.Id, Values: valuesOf(query) })),
        }
      case 'ListMetrics':
        return {
          Metrics: ['ROW_TOO_LARGE', 'LATER_CODE'].map((Value) => ({
            Namespace: 'ActionIQBrazeBridge',
            MetricName: 'Parked',
            Dimensions: [
              { Name: 'code', Value },
              { Name: 'stack', Value: 'ActionIqBraze-dev' },
            ],
          })),
        }
      case 'StartQuery':
        queries.push(String(body.queryString))
        return { queryId: `query-${queries.length - 1}` }
      case 'GetQueryResults': {
        const query = queries[Number(String(body.queryId).slice('query-'.length))] ?? ''
        return { status: 'Complete', results: rows(query) }
      }
      case 'GetSecretValue':
        return { SecretString: '{"key":"fixture-log-key-of-no-stack-0123456789"}' }
    }
    return { httpStatus: 400, __type: 'InvalidAction', message: what }
  }
}

const Queries = z.array(
  z.object({
    Id: z.string(),
    MetricStat: z
      .object({
        Metric: z.object({ Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })) }),
      })
      .optional(),
  }),
)
const queriesOf = ({ MetricDataQueries }: Record<string, unknown>) => Queries.parse(MetricDataQueries)
const idsOf = (body: Record<string, unknown>) => queriesOf(body).map(({ Id }) => Id)

function valuesOf({ Id, MetricStat }: z.infer<typeof Queries>[number]): number[] {
  if (Id === 'age') return [7_500]
  const code = MetricStat?.Metric.Dimensions.find(({ Name }) => Name === 'code')?.Value
  return (code === undefined ? METRICS[Id] : PARKED[code]) ?? []
}

const row = (fields: Record<string, string>) =>
  Object.entries(fields).map(([field, value]) => ({ field, value }))

const LAST_ANSWER = [
  row({ '@timestamp': '2026-01-05 10:00:18.000', status: '201', kind: 'events', ms: '80' }),
]

const at = (now: number) => vi.spyOn(Date, 'now').mockReturnValue(now)

test('shows queues, figures, Braze and what is parked', async () => {
  await stackOnLoopback(aws(() => LAST_ANSWER))
  using _ = at(NOW)
  const { code, out, errors } = await runOps(['status'])
  // A queue is paused.
  expect([code, errors]).toEqual([1, []])
  expect(out.join('\n')).toMatchInlineSnapshot(`
    "!!  Delivery of profiles is paused.
        15 messages wait, the oldest for 2 h 5 min. Nothing is lost: delivery goes on when the cause is gone.
        Next: npm run ops -- resume profiles --stage dev

    ActionIqBraze-dev in eu-central-1, 2026-01-05T10:00:30Z

                                    profiles        events
    Delivery                          PAUSED            on
    Messages waiting                      12             0
      in flight                            3             0
      oldest waiting               2 h 5 min             -
    Dead letters                           0             0
    Last 5 minutes
      rows accepted                    1,034             2
      delivered                        1,000             0
      parked                               7             0
    Last hour
      rows accepted                    1,034             2
      delivered                        1,000             0
      parked                               7             0
      requests filled                   60 %             -
      time to Braze, median            1.3 s             -
      99th percentile                  1 min             -

    Braze answered 201 12 s ago.
    20 requests to Braze in the last hour: 95 % 2xx, 5 % 429.
    Parked in the last 24 hours (docs/dead-letters.md explains each code):
      1,200 IDENTIFIER_MISSING
      6 REJECTED_BY_BRAZE
      5 LATER_CODE"
  `)
})

test('--json gives ISO times, and durations in seconds', async () => {
  await stackOnLoopback(aws(() => LAST_ANSWER))
  using _ = at(NOW)
  const { code, out } = await runOps(['status', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(out.join('\n'))).toMatchInlineSnapshot(`
    {
      "at": "2026-01-05T10:00:30.000Z",
      "command": "status",
      "ok": false,
      "result": {
        "answersLastHour": [
          {
            "answer": "2xx",
            "requests": 19,
          },
          {
            "answer": "429",
            "requests": 1,
          },
        ],
        "code": "PAUSED",
        "figuresComplete": true,
        "headline": "Delivery of profiles is paused.",
        "lastAnswer": {
          "answeredAt": "2026-01-05T10:00:18.000Z",
          "status": 201,
        },
        "meaning": "15 messages wait, the oldest for 2 h 5 min. Nothing is lost: delivery goes on when the cause is gone.",
        "next": "resume profiles",
        "parkedLastDay": [
          {
            "code": "IDENTIFIER_MISSING",
            "rows": 1200,
          },
          {
            "code": "REJECTED_BY_BRAZE",
            "rows": 6,
          },
          {
            "code": "LATER_CODE",
            "rows": 5,
          },
        ],
        "queues": [
          {
            "deadLetters": 0,
            "delivery": "disabled",
            "inProgress": 3,
            "lastFiveMinutes": {
              "accepted": 1034,
              "delivered": 1000,
              "medianSeconds": 1.25,
              "objects": 900,
              "p99Seconds": 95,
              "parked": 7,
              "requests": 20,
            },
            "lastHour": {
              "accepted": 1034,
              "delivered": 1000,
              "medianSeconds": 1.25,
              "objects": 900,
              "p99Seconds": 95,
              "parked": 7,
              "requests": 20,
            },
            "oldestSeconds": 7500,
            "queue": "profiles",
            "waiting": 12,
          },
          {
            "deadLetters": 0,
            "delivery": "enabled",
            "inProgress": 0,
            "lastFiveMinutes": {
              "accepted": 2,
              "delivered": 0,
              "objects": 0,
              "parked": 0,
              "requests": 0,
            },
            "lastHour": {
              "accepted": 2,
              "delivered": 0,
              "objects": 0,
              "parked": 0,
              "requests": 0,
            },
            "queue": "events",
            "waiting": 0,
          },
        ],
        "verdict": "problem",
        "waitedSeconds": 7500,
      },
      "target": "ActionIqBraze-dev in eu-central-1",
    }
  `)
})

test('asks CloudWatch by the very namespace and dimensions that the functions emit', async () => {
  const calls: AwsCall[] = []
  await stackOnLoopback(aws(() => LAST_ANSWER, calls))
  using _ = at(NOW)
  await runOps(['status'])
  const asked = calls.filter(
    ({ what, body }) => what === 'GetMetricData' && idsOf(body).includes('answer_2xx'),
  )
  expect(asked.map(({ body: { StartTime, EndTime } }) => [StartTime, EndTime])).toEqual([
    [1_767_607_260 - 300, 1_767_607_260],
    [1_767_607_260 - 3_600, 1_767_607_260],
  ])
  const queries = asked[1]?.body.MetricDataQueries
  expect(queries).toContainEqual({
    Id: 'profiles_RowsAccepted_0',
    MetricStat: {
      Metric: {
        Namespace: 'ActionIQBrazeBridge',
        MetricName: 'RowsAccepted',
        Dimensions: [
          { Name: 'stack', Value: 'ActionIqBraze-dev' },
          { Name: 'connection', Value: 'default' },
          { Name: 'kind', Value: 'profiles' },
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  })
  expect(queries).toContainEqual({
    Id: 'events_p99',
    MetricStat: {
      Metric: {
        Namespace: 'ActionIQBrazeBridge',
        MetricName: 'AcceptedToDelivered',
        Dimensions: [
          { Name: 'stack', Value: 'ActionIqBraze-dev' },
          { Name: 'kind', Value: 'events' },
        ],
      },
      Period: 3_600,
      Stat: 'p99',
    },
  })
  expect(queries).toContainEqual({
    Id: 'answer_429',
    MetricStat: {
      Metric: {
        Namespace: 'ActionIQBrazeBridge',
        MetricName: 'BrazeAnswers',
        Dimensions: [
          { Name: 'stack', Value: 'ActionIqBraze-dev' },
          { Name: 'answer', Value: '429' },
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  })
})

test('metrics that CloudWatch does not list yet are read by their names', async () => {
  const answer = aws(() => LAST_ANSWER)
  await stackOnLoopback((call) => (call.what === 'ListMetrics' ? { Metrics: [] } : answer(call)))
  using _ = at(NOW)
  const { out } = await runOps(['status'])
  expect(out).toEqual(
    expect.arrayContaining([
      '  rows accepted                    1,034             2',
      '  1,200 IDENTIFIER_MISSING',
      '  6 REJECTED_BY_BRAZE',
    ]),
  )
})

test('asks the log whether a run has arrived', async () => {
  const calls: AwsCall[] = []
  const lines = (query: string) =>
    query.includes('audience progress')
      ? [
          row({ audience: '1042_2', stage: 'accepted', acceptedRows: '1000', parkedRows: '0' }),
          row({ audience: '1042_2', stage: 'delivered', deliveredRows: '880' }),
        ]
      : [
          row({
            stage: 'accepted',
            connection: 'default',
            kind: 'profiles',
            acceptedRows: '1000',
            parkedRows: '2',
            firstAt: '1767600000000',
            lastAt: '1767600060000',
          }),
          row({
            stage: 'delivered',
            connection: 'default',
            kind: 'profiles',
            deliveredRows: '880',
            parkedRows: '0',
            firstAt: '1767600010000',
            lastAt: '2026-01-05 09:59:00.000',
          }),
        ]
  await stackOnLoopback(aws(lines, calls))
  using _ = at(NOW)
  const { code, out } = await runOps(['status', '--run', '889', '--since', '24h'])
  expect(code).toBe(1)
  expect(out.join('\n')).toMatchInlineSnapshot(`
    "Run 889 is held: 120 of 1,002 rows are not in Braze yet, 2 are parked.
    !!  Delivery of profiles is paused.
        15 messages wait, the oldest for 2 h 5 min. Nothing is lost: delivery goes on when the cause is gone.
        Next: npm run ops -- resume profiles --stage dev

    Accepted          1,000  first 2026-01-05T08:00:00Z, last 2026-01-05T08:01:00Z
    Delivered           880  last 2026-01-05T09:59:00Z
    Parked                2  2 could not be read
    In progress         120

    Audience    accepted   delivered      parked
    1042_2         1,000         880           0"
  `)
  const asked = calls.filter(({ what }) => what === 'StartQuery').map(({ body }) => body)
  // The third asks for Braze's last answer, because the run has rows in the queues.
  expect(asked).toHaveLength(3)
  expect(asked[0]).toMatchObject({
    logGroupNames: ['log-r', 'log-w'],
    startTime: 1_767_607_230 - 86_400,
    endTime: 1_767_607_230,
    limit: 10_000,
  })
  expect(asked.map(({ queryString }) => String(queryString).split('\n')[0])).toEqual(
    expect.arrayContaining([
      'filter message = "audience progress" and run = "889"',
      'filter message = "run progress" and run = "889"',
    ]),
  )
})

test('asks the log for a person by the hash that the functions write, and not by the id', async () => {
  const calls: AwsCall[] = []
  const lines = [
    row({
      '@timestamp': '2026-01-05 09:00:00.000',
      message: 'request',
      requestId: 'request-1',
      endpoint: 'events',
      connection: 'crm',
      status: '200',
      accepted: '1',
      rejected: '0',
      '@ptr': 'x',
    }),
    row({
      '@timestamp': '2026-01-05 09:00:01.500',
      message: 'parked',
      code: 'REJECTED_BY_BRAZE',
      kind: 'events',
      run: '-',
      requestId: 'request-1',
    }),
  ]
  await stackOnLoopback(aws(() => lines, calls))
  using _ = at(NOW)
  const { code, out } = await runOps(['status', '--person', 'fixture-u1'])
  expect(code).toBe(0)
  // The hash is the HMAC-SHA256 of `external_id:fixture-u1`, made with openssl.
  expect(out.join('\n')).toMatchInlineSnapshot(`
    "This person: 1 request in the last 3 days, 1 record parked.
    The log identifies them as f45747953ee873d3.

      2026-01-05T09:00:00Z  request to events of crm: 200, 1 accepted, 0 unreadable
                            request id request-1
      2026-01-05T09:00:01Z  parked from events: REJECTED_BY_BRAZE
                            request id request-1

    The log identifies the people of requests of at most 10 rows, and those of up
    to 20 parked records for each invocation of the worker. What was accepted and is
    not parked is delivered or waits; status shows how long."
  `)
  const [asked] = calls.filter(({ what }) => what === 'StartQuery')
  expect(asked?.body.queryString).toContain('@message like "f45747953ee873d3"')
  expect(calls.find(({ what }) => what === 'GetSecretValue')?.body).toEqual({ SecretId: 'arn:log-key' })
  expect(JSON.stringify(calls)).not.toContain('fixture-u1')
})

test.each(['Failed', 'Timeout', 'Cancelled'])('a query that is %s is an error', async (status) => {
  const answer = aws(() => [])
  await stackOnLoopback((call) => (call.what === 'GetQueryResults' ? { status, results: [] } : answer(call)))
  const { code, errors } = await runOps(['status', '--run', '889'])
  expect([code, errors]).toEqual([
    1,
    [
      `ActionIqBraze-dev in eu-central-1 does not answer as it should: CloudWatch Logs: the query is ${status}`,
    ],
  ])
})
