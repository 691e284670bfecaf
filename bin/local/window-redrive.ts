import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import { sqsSendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { StartProgress } from '../ops/progress.ts'
import { readRedriveOptions } from '../ops/redrive/options.ts'
import {
  isRedriven,
  type PlannedDeadLetter,
  type RedriveOptions,
  unreadableReason,
} from '../ops/redrive/plan.ts'
import { REASONS, type ReportedReason, reasonText } from '../ops/redrive/reasons.ts'
import { type RedriveResult, redrive } from '../ops/redrive/redrive.ts'
import { sqsDeadLetters } from '../ops/sqs.edge.ts'
import type { ListedMessage, LocalQueues } from './queues.ts'

/** Which dead letters to redrive, and whether to include records that are skipped by default. */
export type WindowRedriveChoice = {
  code?: string | undefined
  letter?: string | undefined
  includeStale: boolean
  includeDoubtful: boolean
}

type Size = { letters: number; records: number }
export type WindowRedriveReport = {
  /** The operators' command with the same effect. */
  command: string
  /** What was redriven, or would be. */
  goes: Size
  /** What stays in the dead-letter queue, by reason. */
  stays: (Size & { reason: ReportedReason; why: string; what: string })[]
  /** Absent for a dry run. */
  done?: {
    records: number
    complete: boolean
    /** Dead letters of which some records may already be in the source queue. */
    begun: number
  }
}

/**
 * Redrives dead letters as `npm run ops -- redrive` does.
 * @param yes false for a dry run, which changes nothing.
 */
export type WindowRedrive = (choice: WindowRedriveChoice, yes: boolean) => Promise<WindowRedriveReport>

export function openWindowRedrive(options: {
  sqs: SQSClient
  queues: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>
  settings: ReceiverSettings
  stop: AbortSignal
  onError: (what: string) => void
}): WindowRedrive {
  const { sqs, queues, settings, stop, onError } = options
  const real = {
    ...sqsDeadLetters(sqs, settings.deadLetters),
    sendBatch: sqsSendBatch(sqs, (code) => onError(`SQS did not take a message: ${code}`)),
    now: Date.now,
    newId: randomUUID,
    pause: async (ms: number) => pause(ms),
    stop,
    settings,
    out: () => undefined,
  }
  return async (choice, yes) => {
    const argv = argvOf(choice)
    const read = readRedriveOptions(yes ? [...argv, '--yes'] : argv)
    if (read.kind !== 'options') throw new Error('the window asked for a redrive that there is not')
    const sent = countSentRecords()
    const deps = { ...real, startProgress: sent.startProgress }
    const redriven = await redrive(read.options, yes ? deps : { ...deps, ...dryRunQueues(queues) })
    return {
      command: ['npm run ops -- redrive', ...argv].join(' '),
      ...summarizePlan(redriven, read.options),
      ...(yes && {
        done: { records: sent.records(), complete: redriven.complete, begun: redriven.partlySent.size },
      }),
    }
  }
}

const argvOf = ({ code, letter, includeStale, includeDoubtful }: WindowRedriveChoice) => [
  '--local',
  ...(code === undefined ? [] : ['--code', code]),
  ...(letter === undefined ? [] : ['--letter', letter]),
  ...(includeStale ? ['--include-stale'] : []),
  ...(includeDoubtful ? ['--include-doubtful'] : []),
]

/** A dry run reads past SQS, so that no dead letter is hidden when the user confirms a moment later. */
function dryRunQueues({
  list,
  profilesDlq,
  eventsDlq,
}: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>) {
  const unread = new Map<QueueName, ListedMessage[]>([
    ['profiles', list(profilesDlq)],
    ['events', list(eventsDlq)],
  ])
  return {
    receive: async (queue: QueueName) => {
      const deadLetters = unread.get(queue) ?? []
      unread.delete(queue)
      return deadLetters.map((deadLetter) => ({
        ...deadLetter,
        queue,
        handle: deadLetter.messageId,
        attributes: {},
      }))
    },
    hide: async () => [],
    count: async () => ({ visible: 0, hidden: 0 }),
  }
}

const summarizePlan = ({ plan }: RedriveResult, options: RedriveOptions) => ({
  goes: sizeOf(plan.filter(isRedriven), ({ decision }) => decision.kind === 'back'),
  stays: REASONS.flatMap((reason) => {
    const size = stayingFor(reason, plan)
    return size.letters === 0 ? [] : [{ reason, ...reasonText(reason, options), ...size }]
  }),
})

/** A large redrive runs in rounds, and each round starts its progress at zero, so the rounds are added up. */
function countSentRecords(): { startProgress: StartProgress; records: () => number } {
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

function stayingFor(reason: ReportedReason, plan: readonly PlannedDeadLetter[]): Size {
  const whole = plan.filter((planned) => unreadableReason(planned) === reason)
  const parts = plan.filter(({ parts }) => parts.some(({ decision }) => isStaying(decision, reason)))
  const size = sizeOf(parts, ({ decision }) => isStaying(decision, reason))
  return { letters: whole.length + size.letters, records: size.records }
}

type Part = PlannedDeadLetter['parts'][number]

const isStaying = (decision: Part['decision'], reason: ReportedReason) =>
  decision.kind === 'stays' && decision.reason === reason

const sizeOf = (letters: readonly PlannedDeadLetter[], counts: (part: Part) => boolean): Size => ({
  letters: letters.length,
  records: letters.reduce((sum, { parts }) => sum + parts.filter(counts).length, 0),
})
