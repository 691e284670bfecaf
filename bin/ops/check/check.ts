import type { Connections } from '../../../functions/shared/connection.ts'
import type { Bridge } from '../bridge.ts'
import { wordsOf } from '../error-words.ts'
import { type Finding, problem } from '../finding.ts'
import { type KnockDeps, knockAt } from '../knock.ts'
import type { Declared } from '../target.edge.ts'
import { type BrazeDeps, checkBraze } from './braze.ts'
import { judgeClocks, type Sighting, sight } from './clocks.ts'
import { checkEventSources } from './event-sources.ts'
import { checkInbound, type InboundDeps } from './inbound.ts'
import { judgeLanes } from './lanes.ts'
import { countIn } from './queue-attributes.ts'
import { checkQueues, type QueuesDeps } from './queues.ts'
import { judgeSettings } from './settings.ts'

export type CheckDeps = BrazeDeps &
  Pick<InboundDeps, 'readInboundSecret' | 'mutualTls'> &
  KnockDeps &
  QueuesDeps & {
    bridge: Pick<Bridge, 'eventSources'>
    connections: Connections
    webhookUrl: string
    lanes: number
    /** What cdk.json says; absent for a local run. */
    declared: Declared | undefined
  }

/** Looks at everything that has to fit together. Each look goes on whatever the others find. Changes nothing. */
export async function check(deps: CheckDeps): Promise<Finding[]> {
  const sightings: Sighting[] = []
  const callWebhook: KnockDeps['callWebhook'] = async (call) => {
    const asked = deps.now()
    const answer = await deps.callWebhook(call)
    if (answer.kind === 'answer') sightings.push(...sight('the webhook', answer.date, asked, deps.now()))
    return answer
  }
  const knock = knockAt(deps.webhookUrl, { ...deps, callWebhook })
  const found = await Promise.all([
    attempt('Braze', async () => {
      const braze = await checkBraze(deps)
      sightings.push(...braze.sightings)
      return braze.findings
    }),
    ...Object.entries(deps.connections).map(([name, connection]) =>
      attempt(`Webhook ${name}`, () => checkInbound(name, connection, { ...deps, knock })),
    ),
    attempt('Queues', () => checkQueues(deps)),
    attempt('Event sources', () => checkEventSources(deps.bridge, deps.where)),
    attempt('Lanes', () => checkLanes(deps)),
  ])
  return [...found.flat(), ...judgeSettings(deps.declared?.differing), judgeClocks(newest(sightings))]
}

async function attempt(about: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    return [
      problem(about, `can't be looked at: ${wordsOf(error)}`, 'Run this again; then see the AWS console.'),
    ]
  }
}

async function checkLanes({
  queues,
  queueAttributes,
  lanes,
  declared,
  where,
}: CheckDeps): Promise<Finding[]> {
  const counts = await Promise.all(
    Object.values(queues).map(async (url) => countIn(await queueAttributes(url))),
  )
  const waiting = counts.reduce((sum, count) => sum + count, 0)
  return [judgeLanes({ deployed: lanes, declared: declared?.lanes, waiting }, where)]
}

/** One of each clock. */
const newest = (sightings: readonly Sighting[]): Sighting[] => [
  ...new Map(
    sightings.toSorted((a, b) => a.whose.localeCompare(b.whose)).map((one) => [one.whose, one]),
  ).values(),
]
