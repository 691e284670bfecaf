import { createDeliveryQueue, type SqsQueue } from '../../bin/proof/sqs-queue.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { FaultRun, Repeats } from './run.ts'
import type { FaultScenario } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

const faultOf = (faults: FaultScenario['queueFaults'], call: number) =>
  faults.find(({ nth, times }) => call >= nth && call < nth + times)

/** Creates the four queues, and a `sendBatch` that fails where the scenario says so. */
export function createFaultyQueues(
  scenario: FaultScenario,
  { now, sleep }: Pick<VirtualClock, 'now' | 'sleep'>,
  random: () => number,
  repeats: Repeats,
) {
  const options = { now, severalPerGroup: scenario.severalPerGroup, random }
  const profiles = createDeliveryQueue({ ...options, name: 'profiles' })
  const events = createDeliveryQueue({ ...options, name: 'events' })
  const byUrl: Record<string, SqsQueue> = {
    profiles: profiles.queue,
    events: events.queue,
    'profiles-dlq': profiles.deadLetters,
    'events-dlq': events.deadLetters,
  }
  const accepted: FaultRun['accepted'] = []
  const taken: FaultRun['taken'] = new Map()
  const deduplicated: FaultRun['deduplicated'] = []
  let sends = 0
  let deadLetterSends = 0

  const sendBatch: SendBatch = async (batch) => {
    await sleep(5)
    const isParking = batch.some(({ queueUrl }) => queueUrl.endsWith('-dlq'))
    const fault =
      faultOf(scenario.queueFaults, sends) ??
      (isParking ? faultOf(scenario.parkingFaults, deadLetterSends) : undefined)
    sends += 1
    if (isParking) deadLetterSends += 1
    const failed = fault?.whole ? batch : fault ? batch.slice(-1) : []
    for (const message of batch) if (!failed.includes(message)) put(message)
    return failed
  }

  function put(message: OutgoingMessage): void {
    const [outcome] = byUrl[message.queueUrl]?.send([message]) ?? []
    if (!outcome?.taken) throw new Error(`SQS refuses what it was sent: ${outcome?.code}`)
    const { queueUrl: queue, body } = message
    if (queue !== 'profiles' && queue !== 'events') return
    const { requestId, records }: { requestId: string; records: unknown[] } = JSON.parse(body)
    taken.set(requestId, (taken.get(requestId) ?? 0) + records.length)
    if (outcome.duplicate) deduplicated.push({ body, repeated: repeats.get(requestId) })
    else accepted.push({ queue, body })
  }

  return {
    queues: { profiles: profiles.queue, events: events.queue },
    deadLetters: { profiles: profiles.deadLetters, events: events.deadLetters },
    sendBatch,
    /** Sends a message without the scenario's faults. */
    put,
    accepted,
    taken,
    deduplicated,
  }
}
