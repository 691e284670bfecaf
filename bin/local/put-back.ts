import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Settings } from '../../functions/receiver/settings.ts'
import { sqsSendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { StartProgress } from '../ops/progress.ts'
import { readOptions } from '../ops/redrive/options.ts'
import { goesBack, type PlannedLetter, type RedriveOptions, unreadable } from '../ops/redrive/plan.ts'
import { REASONS, reasonText, type ToldReason } from '../ops/redrive/reasons.ts'
import { type Redriven, redrive } from '../ops/redrive/redrive.ts'
import { sqsDeadLetters } from '../ops/sqs.edge.ts'
import type { Listed, LocalQueues } from './queues.ts'

/** Which letters, and what of them goes back that would stay otherwise. */
export type PutBackChoice = {
  code?: string | undefined
  letter?: string | undefined
  includeStale: boolean
  includeDoubtful: boolean
}

type Size = { letters: number; records: number }
export type PutBackReport = {
  /** The operators' command that does the same. */
  command: string
  /** What goes back, or would. */
  goes: Size
  /** What stays where it is. */
  stays: (Size & { reason: ToldReason; why: string; what: string })[]
  /** Absent where it was only shown. */
  done?: {
    records: number
    complete: boolean
    /** Letters of which something may be in the source queue already. */
    begun: number
  }
}

/** Shows what of the dead letters would go back, or puts it back: `npm run ops -- redrive` by another hand. */
export type PutBack = (choice: PutBackChoice, yes: boolean) => Promise<PutBackReport>

export function openPutBack(options: {
  sqs: SQSClient
  queues: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>
  settings: Settings
  stop: AbortSignal
  onTrouble: (what: string) => void
}): PutBack {
  const { sqs, queues, settings, stop, onTrouble } = options
  const real = {
    ...sqsDeadLetters(sqs, settings.deadLetters),
    sendBatch: sqsSendBatch(sqs, (code) => onTrouble(`SQS did not take a message: ${code}`)),
    now: Date.now,
    newId: randomUUID,
    pause: async (ms: number) => pause(ms),
    stop,
    settings,
    out: () => undefined,
  }
  return async (choice, yes) => {
    const argv = argvOf(choice)
    const read = readOptions(yes ? [...argv, '--yes'] : argv)
    if (read.kind !== 'options') throw new Error('the window asked for a redrive that there is not')
    const sent = countSent()
    const deps = { ...real, startProgress: sent.startProgress }
    const redriven = await redrive(read.options, yes ? deps : { ...deps, ...onlyLooking(queues) })
    return {
      command: ['npm run ops -- redrive', ...argv].join(' '),
      ...planOf(redriven, read.options),
      ...(yes && {
        done: { records: sent.records(), complete: redriven.complete, begun: redriven.begun.size },
      }),
    }
  }
}

const argvOf = ({ code, letter, includeStale, includeDoubtful }: PutBackChoice) => [
  '--local',
  ...(code === undefined ? [] : ['--code', code]),
  ...(letter === undefined ? [] : ['--letter', letter]),
  ...(includeStale ? ['--include-stale'] : []),
  ...(includeDoubtful ? ['--include-doubtful'] : []),
]

/** Reads past SQS, so that no letter is hidden when the person decides the next moment. */
function onlyLooking({
  list,
  profilesDlq,
  eventsDlq,
}: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>) {
  const unread = new Map<QueueName, Listed[]>([
    ['profiles', list(profilesDlq)],
    ['events', list(eventsDlq)],
  ])
  return {
    receive: async (queue: QueueName) => {
      const letters = unread.get(queue) ?? []
      unread.delete(queue)
      return letters.map((letter) => ({ ...letter, queue, handle: letter.messageId, attributes: {} }))
    },
    hide: async () => [],
    count: async () => ({ visible: 0, hidden: 0 }),
  }
}

const planOf = ({ plan }: Redriven, options: RedriveOptions) => ({
  goes: sizeOf(plan.filter(goesBack), ({ verdict }) => verdict.kind === 'back'),
  stays: REASONS.flatMap((reason) => {
    const size = stayingFor(reason, plan)
    return size.letters === 0 ? [] : [{ reason, ...reasonText(reason, options), ...size }]
  }),
})

/** Very many go in rounds, each of which begins its progress anew. */
function countSent(): { startProgress: StartProgress; records: () => number } {
  const rounds: number[] = []
  return {
    startProgress: () => {
      const round = rounds.push(0) - 1
      return {
        to: (records) => {
          rounds[round] = records
        },
        end: () => undefined,
      }
    },
    records: () => rounds.reduce((sum, records) => sum + records, 0),
  }
}

function stayingFor(reason: ToldReason, plan: readonly PlannedLetter[]): Size {
  const whole = plan.filter((planned) => unreadable(planned) === reason)
  const parts = plan.filter(({ parts }) => parts.some(({ verdict }) => isStaying(verdict, reason)))
  const size = sizeOf(parts, ({ verdict }) => isStaying(verdict, reason))
  return { letters: whole.length + size.letters, records: size.records }
}

type Part = PlannedLetter['parts'][number]

const isStaying = (verdict: Part['verdict'], reason: ToldReason) =>
  verdict.kind === 'stays' && verdict.reason === reason

const sizeOf = (letters: readonly PlannedLetter[], counts: (part: Part) => boolean): Size => ({
  letters: letters.length,
  records: letters.reduce((sum, { parts }) => sum + parts.filter(counts).length, 0),
})
