import type { Answer } from '../../../functions/receiver/answer/answer.ts'
import type { ReceivedMessage } from '../../../functions/worker/invocation.ts'
import { acceptAfter, type BrazeRequest } from '../braze.ts'
import { createVirtualClock } from '../clock.ts'
import { seededRandom } from '../random.ts'
import { createWorld, type Fleet, type World } from '../world.ts'
import type { SenderRequest } from './workload.ts'

/** A sender in virtual time. `post` resolves when the bridge has answered 200. */
export type Sender = Pick<World, 'sleep' | 'now' | 'sendBatch'> & {
  post: (request: SenderRequest) => Promise<void>
}

type VirtualOutcome = {
  sqs: { messages: number; billedRequests: number }
  /** The number of requests to Braze, and of the objects in them. */
  requests: number
  objects: number
  /** For each function, the number of invocations and their total time in milliseconds, without CPU time. */
  invocations: Record<'receiver' | 'worker', { times: number; ms: number }>
  /** The time from the sender's request to Braze's answer, one value for each message, in milliseconds. */
  latenciesMs: number[]
  /** The time from the start until the queues were empty, in milliseconds. */
  durationMs: number
}

/** Observes the input of the functions, the answers of the receiver and the requests to Braze. */
type VirtualObserver = {
  answered: (request: SenderRequest, answer: Answer) => void
  /** @param toppedUp is filled with what each receive of the worker itself finds. */
  received: (batch: readonly ReceivedMessage[], toppedUp: readonly (readonly ReceivedMessage[])[]) => void
  /** @param at milliseconds since the epoch. */
  asked: (request: BrazeRequest, at: number) => void
}

const START = Date.parse('2026-11-20T10:00:00Z')

/** The time that Braze takes to answer, in milliseconds. */
const BRAZE_MS = 100

/** SQS bills each started 64 KB of a call as one request (Amazon SQS pricing). In bytes. */
const BILLED_BYTES = 65_536

/** DeleteMessageBatch takes this many messages (SQS API reference). */
const MESSAGES_PER_CALL = 10

/** Bodies are ASCII, and messages that go to Braze have no attributes. */
const billedRequests = (bodies: readonly { body: string }[]) =>
  Math.max(1, Math.ceil(bodies.reduce((sum, { body }) => sum + body.length, 0) / BILLED_BYTES))

/**
 * Runs the bridge in virtual time with a Braze that accepts everything, and counts what AWS bills.
 * @param send acts as the sender. After it has ended, the run continues until both queues are empty.
 */
export async function runVirtual(options: {
  fleet: Fleet
  seed: number
  send: (sender: Sender) => Promise<void>
  observer?: Partial<VirtualObserver>
}): Promise<VirtualOutcome> {
  const { fleet, send, observer } = options
  const clock = createVirtualClock(START)
  const accept = acceptAfter(BRAZE_MS, clock)
  const sqs = { messages: 0, billedRequests: 0 }
  const invocations = { receiver: { times: 0, ms: 0 }, worker: { times: 0, ms: 0 } }
  const braze = { requests: 0, objects: 0 }
  const latenciesMs: number[] = []
  const noteInvocation = (name: keyof typeof invocations, startedAt: number) => {
    invocations[name].times += 1
    invocations[name].ms += clock.now() - startedAt
  }
  const world = createWorld({
    clock,
    fleet,
    random: seededRandom(options.seed),
    braze: (request) => {
      observer?.asked?.(request, clock.now())
      return accept(request)
    },
    telemetry: {
      count: (...[metric, amount]) => {
        if (metric === 'BrazeRequests') braze.requests += amount
        if (metric === 'BrazeObjects') braze.objects += amount
      },
      measure: (_, ms) => void latenciesMs.push(ms),
    },
    hooks: {
      sent: (batch) => {
        sqs.messages += batch.length
        sqs.billedRequests += billedRequests(batch)
      },
      deleted: (messages) => {
        sqs.billedRequests += Math.ceil(messages.length / MESSAGES_PER_CALL)
      },
      worker: (deps, { received }) => {
        sqs.billedRequests += billedRequests(received)
        const toppedUp: (readonly ReceivedMessage[])[] = []
        observer?.received?.(received, toppedUp)
        return {
          ...deps,
          receive: async (...asked) => {
            const messages = await deps.receive(...asked)
            sqs.billedRequests += billedRequests(messages)
            toppedUp.push(messages)
            return messages
          },
        }
      },
      ended: ({ startedAt }) => noteInvocation('worker', startedAt),
    },
  })
  const post = async (request: SenderRequest) => {
    const startedAt = clock.now()
    const answer = await world.post(request.path, request.body)
    noteInvocation('receiver', startedAt)
    observer?.answered?.(request, answer)
  }
  await world.run(() => send({ ...world, post }))
  return { sqs, ...braze, invocations, latenciesMs, durationMs: clock.now() - START }
}
