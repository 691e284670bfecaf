import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { MAX_UNSAFE_RECORDS } from '../../functions/shared/message.ts'
import { BRAZE_ANSWERS } from '../../functions/shared/metrics.ts'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

/** How Braze takes it. */
export function brazeWidgets({ settings, metrics }: Watched): IWidget[][] {
  const requests = (kind: 'profiles' | 'events') =>
    metrics.one('BrazeRequests', { period: PERIOD, by: { kind } })
  return [
    row(
      {
        title: 'Answers of Braze',
        unit: 'answers',
        metrics: BRAZE_ANSWERS.map((answer) =>
          metrics.one('BrazeAnswers', { period: PERIOD, by: { answer }, label: answer }),
        ),
        stacked: true,
      },
      {
        title: 'Requests to Braze',
        unit: 'a second',
        metrics: (['profiles', 'events'] as const).map(
          (kind) =>
            new MathExpression({
              expression: `${kind}Requests / PERIOD(${kind}Requests)`,
              usingMetrics: { [`${kind}Requests`]: requests(kind) },
              label: kind,
              period: PERIOD,
            }),
        ),
        lines: [
          { value: settings.queues.profiles.requestsPerSecond, label: 'budget of profiles' },
          { value: settings.queues.events.requestsPerSecond, label: 'budget of events' },
        ],
      },
      {
        title: 'Objects per request',
        unit: `% of ${MAX_UNSAFE_RECORDS}`,
        metrics: (['profiles', 'events'] as const).map(
          (kind) =>
            new MathExpression({
              expression: `100 * ${kind}Objects / (${MAX_UNSAFE_RECORDS} * ${kind}Sent)`,
              usingMetrics: {
                [`${kind}Objects`]: metrics.one('BrazeObjects', { period: PERIOD, by: { kind } }),
                [`${kind}Sent`]: requests(kind),
              },
              label: kind,
              period: PERIOD,
            }),
        ),
        max: 100,
      },
      {
        title: 'Told to slow down, or held',
        unit: '% of the requests; invocations',
        metrics: [
          new MathExpression({
            expression: '100 * throttled / sent',
            usingMetrics: {
              throttled: metrics.one('BrazeThrottled', { period: PERIOD }),
              sent: metrics.one('BrazeRequests', { period: PERIOD }),
            },
            label: '429, % of the requests',
            period: PERIOD,
          }),
          metrics.one('BrazeHolding', { period: PERIOD, label: 'invocations that held everything' }),
        ],
      },
    ),
  ]
}
