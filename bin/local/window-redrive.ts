import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import { sqsSendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { StartProgress } from '../cli/progress.ts'
import { QUEUE_NAMES } from '../ops/queue-names.ts'
import { DEFAULT_OPTIONS, type RedriveOptions } from '../ops/redrive/options.ts'
import { redrive } from '../ops/redrive/redrive.ts'
import { type PlanSummary, summarizePlan } from '../ops/redrive/summary.ts'
import { sqsDeadLetters } from '../ops/sqs.edge.ts'
import { targetFlags } from '../ops/target-options.ts'
import type { LocalQueues } from './queues.ts'

/** Which dead letters to redrive, and whether to include records that are skipped by default. */
export type WindowRedriveChoice = {
  code?: string | undefined
  deadLetter?: string | undefined
  includeStale: boolean
  includeDoubtful: boolean
}

export type WindowRedriveReport = PlanSummary & {
  /** The operators' command with the same effect. */
  command: string
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
  /** The state folder, if the operators' commands must be told which one it is. */
  stateDir: string | undefined
  stop: AbortSignal
  onError: (what: string) => void
}): WindowRedrive {
  const { sqs, queues, settings, stateDir, stop, onError } = options
  const list = (queue: QueueName) => queues.list(queue === 'profiles' ? queues.profilesDlq : queues.eventsDlq)
  const common = {
    // The emulator's answers are complete without a wait.
    ...sqsDeadLetters(sqs, settings.deadLetters, 0),
    sendBatch: sqsSendBatch(sqs, (code) => onError(`SQS did not accept a message: ${code}`)),
    now: Date.now,
    newId: randomUUID,
    pause: async (ms: number) => pause(ms),
    stop,
    settings,
    out: () => undefined,
  }
  return async (choice, yes) => {
    const { code, deadLetter, ...include } = choice
    const options: RedriveOptions = {
      ...DEFAULT_OPTIONS,
      ...include,
      codes: code === undefined ? [] : [code],
      deadLetterIds: deadLetter === undefined ? [] : [deadLetter],
      yes,
    }
    const sent = countSentRecords()
    const { startProgress } = sent
    const deps = { ...common, startProgress }
    const redriven = await redrive(options, yes ? deps : { ...deps, ...dryRun(list) })
    return {
      command: ['npm run ops -- redrive', targetFlags({ kind: 'local', stateDir }), ...flagsOf(choice)].join(
        ' ',
      ),
      ...summarizePlan(redriven.plan, options),
      ...(yes && {
        done: { records: sent.records(), complete: redriven.complete, begun: redriven.partlySent.size },
      }),
    }
  }
}

const flagsOf = ({ code, deadLetter, includeStale, includeDoubtful }: WindowRedriveChoice) => [
  ...(code === undefined ? [] : ['--code', code]),
  ...(deadLetter === undefined ? [] : ['--letter', deadLetter]),
  ...(includeStale ? ['--include-stale'] : []),
  ...(includeDoubtful ? ['--include-doubtful'] : []),
]

/** Lists all dead letters of a queue, whether hidden or not. */
type List = (queue: QueueName) => ReturnType<LocalQueues['list']>

/** A dry run reads past SQS, so that no dead letter is hidden when the user confirms a moment later. */
function dryRun(list: List) {
  const unread = new Set(QUEUE_NAMES)
  return {
    receive: async (queue: QueueName) =>
      unread.delete(queue)
        ? list(queue).map((deadLetter) => ({
            ...deadLetter,
            queue,
            handle: deadLetter.messageId,
            attributes: {},
          }))
        : [],
    hide: async () => [],
    count: async () => ({ visible: 0, hidden: 0 }),
  }
}

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
