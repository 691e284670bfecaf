import { MAX_SAFE_RECORDS, MAX_UNSAFE_RECORDS } from '../../functions/shared/message.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { Process, SimulatedClock } from './clock.ts'
import type { Queue } from './queue.ts'
import { binomial } from './random.ts'
import { SQS_MS } from './timing.ts'

export type Intake = {
  clock: SimulatedClock
  lanes: number
  queues: Readonly<Record<QueueName, Queue>>
  random: () => number
}

const MAX_RECORDS: Readonly<Record<QueueName, number>> = {
  profiles: MAX_SAFE_RECORDS,
  events: MAX_UNSAFE_RECORDS,
}

/**
 * Simulates one request of a sender. Its rows are spread over the lanes at random and become messages. A
 * lane's next message is sent once SQS has accepted the one before. No message is split because of its size:
 * 500 plain rows are under 200 KB.
 */
export function* postRows(kind: QueueName, rows: number, { clock, lanes, queues, random }: Intake): Process {
  const acceptedAt = clock.now()
  if (rows === 1) {
    yield SQS_MS
    queues[kind].send(Math.floor(random() * lanes), { acceptedAt, rows })
    return
  }
  const left = spread(rows, lanes, random)
  while (left.some((waiting) => waiting > 0)) {
    yield SQS_MS
    for (const [lane, waiting] of left.entries()) {
      if (waiting === 0) continue
      const size = Math.min(waiting, MAX_RECORDS[kind])
      queues[kind].send(lane, { acceptedAt, rows: size })
      left[lane] = waiting - size
    }
  }
}

/** Spreads rows over the lanes at random, with one random draw for each lane instead of each row. */
function spread(rows: number, lanes: number, random: () => number): number[] {
  let left = rows
  return Array.from({ length: lanes }, (_, lane) => {
    const here = binomial(left, 1 / (lanes - lane), random)
    left -= here
    return here
  })
}
