import type { Connections } from '../../../functions/shared/connection.ts'
import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge, EventSourceStatus } from '../bridge.ts'
import { errorMessage } from '../error-message.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { Declared } from '../target.edge.ts'
import { type TryTokenDeps, tryTokenAt } from '../try-token.ts'
import { type BrazeCheckDeps, checkBraze } from './braze.ts'
import { type ClockSample, clockSample, judgeClocks } from './clocks.ts'
import { checkConcurrency } from './concurrency.ts'
import { checkInbound, type InboundCheckDeps } from './inbound.ts'
import { judgeLanes } from './lanes.ts'
import { countIn } from './queue-attributes.ts'
import { checkQueues, type QueuesDeps } from './queues.ts'

export type CheckDeps = Omit<BrazeCheckDeps, 'use' | 'readBrazeSecret'> &
  Pick<InboundCheckDeps, 'readInboundSecret' | 'mutualTls'> &
  TryTokenDeps &
  QueuesDeps & {
    /** One key, or one for delivery and one for exports. */
    brazeKeys: readonly Pick<BrazeCheckDeps, 'use' | 'readBrazeSecret'>[]
    bridge: Pick<Bridge, 'eventSources' | 'accountConcurrency'>
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
    ...deps.brazeKeys.map((key) =>
      attempt(key.use.name, async () => {
        const braze = await checkBraze({ ...deps, ...key })
        clockSamples.push(...braze.clockSamples)
        return braze.findings
      }),
    ),
    ...Object.entries(deps.connections).map(([name, connection]) =>
      attempt(`Webhook ${name}`, () => checkInbound(name, connection, { ...deps, tryToken })),
    ),
    attempt('Queues', () => checkQueues(deps)),
    attempt('Event sources', () => checkEventSources(deps)),
    attempt('Concurrency', () => checkConcurrency(deps.bridge)),
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
        `could not be checked: ${errorMessage(error)}`,
        'Run this command again. If that does not help, look in the AWS console.',
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

/** Checks whether each queue's event source feeds the worker. */
async function checkEventSources({ bridge, targetFlags }: CheckDeps): Promise<Finding[]> {
  const sources = await bridge.eventSources()
  return QUEUE_NAMES.map((queue) => judgeEventSource(queue, sources[queue].state, targetFlags))
}

function judgeEventSource(queue: QueueName, state: EventSourceStatus['state'], targetFlags: string): Finding {
  const about = `Event source ${queue}`
  switch (state) {
    case 'enabled':
      return ok(about, 'enabled')
    case 'changing':
      return note(about, 'AWS is turning it on or off', 'Run this command again in a minute.')
    case 'disabled':
      return problem(
        about,
        `paused: nothing in ${queue} reaches Braze. Accepted rows wait, and SQS deletes them after ${RETENTION_DAYS} days`,
        `When the reason for the pause is gone: npm run ops -- resume ${queue} ${targetFlags}`,
      )
  }
}

/**
 * @param differing names of the settings that differ from cdk.json; undefined if there is nothing to compare
 * with.
 */
function judgeSettings(differing: readonly string[] | undefined): Finding[] {
  const about = 'Settings'
  if (differing === undefined) return []
  if (differing.length === 0) return [ok(about, 'deployed as in cdk.json')]
  return [
    note(
      about,
      `cdk.json and the deployed stack differ in ${differing.join(', ')}`,
      'If the change is intended: npm run deploy. Otherwise cdk.json was changed and not deployed.',
    ),
  ]
}

/** The last sample of each clock. */
const newestOfEach = (clockSamples: readonly ClockSample[]): ClockSample[] => [
  ...new Map(
    clockSamples.toSorted((a, b) => a.whose.localeCompare(b.whose)).map((one) => [one.whose, one]),
  ).values(),
]
