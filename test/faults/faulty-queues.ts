import { SQS_MS } from '../../bin/proof/sqs-queue.ts'
import type { World } from '../../bin/proof/world.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { Faults } from './run.ts'
import type { FaultScenario } from './scenario.ts'

const faultOf = (faults: FaultScenario['queueFaults'], call: number) =>
  faults.find(({ nth, times }) => call >= nth && call < nth + times)

/** Creates a `sendBatch` that fails where the scenario says so, and notes what SQS accepted. */
export function createFaultySends(faults: Faults, put: World['put']): SendBatch {
  const { run } = faults
  let sends = 0
  let deadLetterSends = 0

  function send(message: OutgoingMessage): void {
    const [outcome] = put([message])
    const { queueUrl: queue, body } = message
    if (queue !== 'profiles' && queue !== 'events') return
    const { requestId, records }: { requestId: string; records: unknown[] } = JSON.parse(body)
    run.taken.set(requestId, (run.taken.get(requestId) ?? 0) + records.length)
    if (outcome?.taken && outcome.duplicate)
      run.deduplicated.push({ body, repeated: run.repeats.get(requestId) })
    else run.accepted.push({ queue, body })
  }

  return async (batch) => {
    await faults.sleep(SQS_MS)
    const { queueFaults, parkingFaults } = faults.scenario
    const isParking = batch.some(({ queueUrl }) => queueUrl.endsWith('-dlq'))
    const fault =
      faultOf(queueFaults, sends) ?? (isParking ? faultOf(parkingFaults, deadLetterSends) : undefined)
    sends += 1
    if (isParking) deadLetterSends += 1
    const failed = fault?.whole ? batch : fault ? batch.slice(-1) : []
    for (const message of batch) if (!failed.includes(message)) send(message)
    return failed
  }
}
