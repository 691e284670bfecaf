import type { Connections } from '../../../functions/shared/connection.ts'
import type { Bridge } from '../bridge.ts'
import { errorMessage } from '../error-message.ts'
import { type Finding, problem } from '../finding.ts'
import type { Declared } from '../target.edge.ts'
import { type TryTokenDeps, tryTokenAt } from '../try-token.ts'
import { type BrazeCheckDeps, checkBraze } from './braze.ts'
import { type ClockSample, clockSample, judgeClocks } from './clocks.ts'
import { checkEventSources } from './event-sources.ts'
import { checkInbound, type InboundCheckDeps } from './inbound.ts'
import { judgeLanes } from './lanes.ts'
import { countIn } from './queue-attributes.ts'
import { checkQueues, type QueuesDeps } from './queues.ts'
import { judgeSettings } from './settings.ts'

export type CheckDeps = BrazeCheckDeps &
  Pick<InboundCheckDeps, 'readInboundSecret' | 'mutualTls'> &
  TryTokenDeps &
  QueuesDeps & {
    bridge: Pick<Bridge, 'eventSources'>
    connections: Connections
    webhookUrl: string
    lanes: number
    /** The settings in cdk.json; absent for a local run. */
    declared: Declared | undefined
  }

/**
 * Checks everything that has to fit together, without changing anything. Each check runs whatever the others
 * find.
 */
export async function checkBridge(deps: CheckDeps): Promise<Finding[]> {
  const clockSamples: ClockSample[] = []
  const callWebhook: TryTokenDeps['callWebhook'] = async (call) => {
    const sentAt = deps.now()
    const answer = await deps.callWebhook(call)
    if (answer.kind === 'answer')
      clockSamples.push(...clockSample('the webhook', answer.date, sentAt, deps.now()))
    return answer
  }
  const tryToken = tryTokenAt(deps.webhookUrl, { ...deps, callWebhook })
  const found = await Promise.all([
    attempt('Braze', async () => {
      const braze = await checkBraze(deps)
      clockSamples.push(...braze.clockSamples)
      return braze.findings
    }),
    ...Object.entries(deps.connections).map(([name, connection]) =>
      attempt(`Webhook ${name}`, () => checkInbound(name, connection, { ...deps, tryToken })),
    ),
    attempt('Queues', () => checkQueues(deps)),
    attempt('Event sources', () => checkEventSources(deps.bridge, deps.targetFlags)),
    attempt('Lanes', () => checkLanes(deps)),
  ])
  return [
    ...found.flat(),
    ...judgeSettings(deps.declared?.differing),
    judgeClocks(newestOfEach(clockSamples)),
  ]
}

async function attempt(about: string, run: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await run()
  } catch (error) {
    return [
      problem(
        about,
        `can't be looked at: ${errorMessage(error)}`,
        'Run this again; then see the AWS console.',
      ),
    ]
  }
}

async function checkLanes({
  queues,
  queueAttributes,
  lanes,
  declared,
  targetFlags,
}: CheckDeps): Promise<Finding[]> {
  const counts = await Promise.all(
    Object.values(queues).map(async (url) => countIn(await queueAttributes(url))),
  )
  const waiting = counts.reduce((sum, count) => sum + count, 0)
  return [judgeLanes({ deployed: lanes, declared: declared?.lanes, waiting }, targetFlags)]
}

/** The last sample of each clock. */
const newestOfEach = (clockSamples: readonly ClockSample[]): ClockSample[] => [
  ...new Map(
    clockSamples.toSorted((a, b) => a.whose.localeCompare(b.whose)).map((one) => [one.whose, one]),
  ).values(),
]
