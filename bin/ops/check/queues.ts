import { MAX_RECEIVE_COUNT, RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { MAX_DELIVERY_DELAY_SECONDS } from '../../../lib/settings.ts'
import { plural } from '../../cli/plural.ts'
import { errorMessage } from '../error-message.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import { countIn, type QueueAttributes } from './queue-attributes.ts'

export type QueuesDeps = {
  queues: Readonly<Record<QueueName, string>>
  deadLetters: Readonly<Record<QueueName, string>>
  captures: string
  queueAttributes: (url: string) => Promise<QueueAttributes>
  /** The shortest acceptable visibility timeout in seconds. */
  leastVisibilitySeconds: number
  targetFlags: string
}

/**
 * Checks that the five queues exist and are configured as the stack creates them, and counts the dead
 * letters.
 */
export async function checkQueues(deps: QueuesDeps): Promise<Finding[]> {
  const findings = await Promise.all([
    ...QUEUE_NAMES.map((queue) => checkPair(queue, deps)),
    checkQueue('Queue captures', deps.captures, deps, () => [ok('Queue captures', 'exists')]),
  ])
  return findings.flat()
}

async function checkPair(queue: QueueName, deps: QueuesDeps): Promise<Finding[]> {
  const { queues, deadLetters, leastVisibilitySeconds, targetFlags } = deps
  const sourceRules = {
    ...FIFO_RULES,
    ...sourceQueueRules(queue, nameOf(deadLetters[queue]), leastVisibilitySeconds),
  }
  const findings = await Promise.all([
    checkQueue(`Queue ${queue}`, queues[queue], deps, (about, attributes) => [
      checkAttributes(about, attributes, sourceRules) ??
        ok(about, 'exists, configured as the stack creates it'),
    ]),
    checkQueue(`Dead letters ${queue}`, deadLetters[queue], deps, (about, attributes) => [
      judgeDeadLetters(about, countIn(attributes), targetFlags),
      ...[checkAttributes(about, attributes, FIFO_RULES)].filter((finding) => finding !== undefined),
    ]),
  ])
  return findings.flat()
}

async function checkQueue(
  about: string,
  url: string,
  { queueAttributes }: QueuesDeps,
  judge: (about: string, attributes: QueueAttributes) => Finding[],
): Promise<Finding[]> {
  try {
    return judge(about, await queueAttributes(url))
  } catch (error) {
    return [
      problem(
        about,
        `could not be read: ${errorMessage(error)}`,
        'If the queue was deleted by hand, its messages are lost, and npm run deploy does not create it again: see the stack in the CloudFormation console (Detect drift).',
      ),
    ]
  }
}

const nameOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

/** A required value of an attribute, and the consequence of another value. */
type Rule = { holds: (value: string | undefined) => boolean; must: string; otherwise: string }

const RETENTION_SECONDS = RETENTION_DAYS * 24 * 60 * 60

/** The attributes that `lib/queues.ts` sets on all four FIFO queues. */
const FIFO_RULES: Readonly<Record<string, Rule>> = {
  DeduplicationScope: {
    holds: (value) => value === 'messageGroup',
    must: 'be messageGroup',
    otherwise: 'throughput is low',
  },
  FifoThroughputLimit: {
    holds: (value) => value === 'perMessageGroupId',
    must: 'be perMessageGroupId',
    otherwise: 'throughput is low',
  },
  MessageRetentionPeriod: {
    holds: (value) => Number(value) === RETENTION_SECONDS,
    must: `be ${RETENTION_SECONDS} (${RETENTION_DAYS} days)`,
    otherwise: 'messages that wait longer are deleted',
  },
}

/** The longest delay that the settings allow. Events are never delayed. */
const MOST_DELAY_SECONDS: Readonly<Record<QueueName, number>> = {
  profiles: MAX_DELIVERY_DELAY_SECONDS,
  events: 0,
}

const sourceQueueRules = (
  queue: QueueName,
  deadLetterQueue: string,
  leastVisibility: number,
): Readonly<Record<string, Rule>> => ({
  VisibilityTimeout: {
    holds: (value) => Number(value) >= leastVisibility,
    must: `be ${leastVisibility} or more`,
    otherwise: 'a message is processed twice at the same time',
  },
  DelaySeconds: {
    holds: (value = '0') => Number(value) <= MOST_DELAY_SECONDS[queue],
    must: MOST_DELAY_SECONDS[queue] === 0 ? 'be 0' : `be ${MOST_DELAY_SECONDS[queue]} or less`,
    otherwise: 'each message reaches Braze later than the settings say',
  },
  RedrivePolicy: {
    holds: (value) =>
      (value ?? '').includes(`:${deadLetterQueue}"`) &&
      new RegExp(`"maxReceiveCount":"?${MAX_RECEIVE_COUNT}\\b`).test((value ?? '').replaceAll(/\s/g, '')),
    must: `name ${deadLetterQueue} and a maxReceiveCount of ${MAX_RECEIVE_COUNT}`,
    otherwise: 'an outage of Braze parks or loses waiting messages',
  },
})

/** @returns undefined if all attributes are as required. */
function checkAttributes(
  about: string,
  attributes: QueueAttributes,
  rules: Readonly<Record<string, Rule>>,
): Finding | undefined {
  const faults = Object.entries(rules).filter(([name, { holds }]) => !holds(attributes[name]))
  if (faults.length === 0) return undefined
  return problem(
    about,
    faults.map(([name, { must, otherwise }]) => `${name} must ${must}, otherwise ${otherwise}`).join('; '),
    'Correct it in the SQS console. A deployment does not, because CloudFormation compares templates and never looks at the queue.',
  )
}

const judgeDeadLetters = (about: string, count: number, targetFlags: string): Finding =>
  count === 0
    ? ok(about, 'none')
    : note(
        about,
        `about ${plural(count, 'dead letter')}, deleted by SQS after ${RETENTION_DAYS} days`,
        `See the reasons: npm run ops -- dead-letters ${targetFlags}`,
      )
