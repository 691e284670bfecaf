import { setTimeout as pause } from 'node:timers/promises'
import { Argument } from '@commander-js/extra-typings'
import {
  RETENTION_DAYS,
  VISIBILITY_SECONDS,
  WORKER_TIMEOUT_SECONDS,
} from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { durationInWords, formatDuration } from '../../cli/duration.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { type Cli, command } from '../../cli/program.ts'
import { oneOf } from '../../cli/values.ts'
import type { Bridge, EventSourceStatus, QueueState } from '../bridge.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, type TargetOptions, targetFlags, withTargetOptions } from '../target-options.ts'

const EFFECTS = [
  `Rows are still accepted. They wait in order, and SQS deletes them after ${RETENTION_DAYS} days.`,
  'The alarm for the backlog fires during a pause.',
  'Waiting rows keep the mapping with which they were accepted. A corrected mapping applies to later rows.',
]

const QUEUES = [...QUEUE_NAMES, 'both'] as const

const queueArgument = () =>
  new Argument('[queue]', 'profiles (attributes and memberships), events (events and purchases), or both')
    .choices(QUEUES)
    .argParser(oneOf(QUEUES))
    .default('both' as const)

export const pauseCommand = (cli: Cli) =>
  withTargetOptions(
    command('pause', cli, {
      notes: [
        EFFECTS.join(' '),
        "A deployment keeps the pause unless it changes the event source itself: one that changes a queue's concurrency may turn delivery on again. Run status after a deployment.",
        'On a terminal, you have to type the name of a stage with keepData first.',
      ],
      examples: [
        ['npm run ops -- pause profiles --stage prod', 'stops wrong values from reaching Braze'],
        ['npm run ops -- pause --stage prod --yes', 'pauses both queues without a question'],
      ],
      exitCodes: { 0: 'delivery is paused', 1: 'delivery is not paused, or not yet' },
    })
      .summary('stop delivery to Braze; rows are still accepted')
      .description(
        'Stops delivery to Braze: turns off the event source of a queue, and waits until AWS confirms it, which takes up to a minute.',
      )
      .addArgument(queueArgument()),
  )
    .option('--json', 'print one JSON object; see docs/operating.md')
    .option('--yes', 'pause without a question')
    .action(
      cli.exitsWith(async (queue, given) => {
        const { isConfirmed } = await import('../confirm.ts')
        return switchDelivery('pause', queue, given, cli, (target) =>
          isConfirmed('pause delivery on', target, cli, given.yes ?? false),
        )
      }),
    )

export const resumeCommand = (cli: Cli) =>
  withTargetOptions(
    command('resume', cli, {
      examples: [
        ['npm run ops -- resume --stage prod', 'resumes delivery from both queues'],
        ['npm run ops -- resume events --local', 'resumes delivery from one queue of the npm start here'],
      ],
      exitCodes: { 0: 'delivery is resumed', 1: 'delivery is not resumed, or not yet' },
    })
      .summary('resume delivery, and say how long it may take to begin')
      .description(
        'Delivers to Braze again: turns on the event source of a queue, waits until AWS confirms it, which takes up to a minute, and says how long a lane may still wait.',
      )
      .addArgument(queueArgument()),
  )
    .option('--json', 'print one JSON object; see docs/operating.md')
    .action(cli.exitsWith((queue, given) => switchDelivery('resume', queue, given, cli, async () => true)))

type Verb = 'pause' | 'resume'
type Given = Parameters<typeof readTarget>[0] & { json?: true | undefined }

async function switchDelivery(
  verb: Verb,
  queue: (typeof QUEUES)[number],
  given: Given,
  cli: Cli,
  confirm: (target: Target) => Promise<boolean>,
): Promise<number> {
  const { withTarget } = await import('../with-target.ts')
  const options = readTarget(given)
  const heading = verb === 'pause' ? 'Pausing on' : 'Resuming on'
  return withTarget(options, cli, given.json ? undefined : heading, async (target) => {
    if (!(await confirm(target))) return false
    const queues = queue === 'both' ? QUEUE_NAMES : [queue]
    const sources = await switchSources(queues, verb === 'resume', {
      bridge: target.bridge,
      now: Date.now,
      pause: (ms) => pause(ms, undefined, { signal: cli.stop }).catch(() => undefined),
      stop: cli.stop,
    })
    const states = await target.bridge.queues()
    const switched = sources.map((source) => ({ ...source, ...states[source.queue] }))
    const isDone = sources.every((source) => source.isDone)
    for (const line of pending(verb, sources, options)) cli.error(line)
    const lines = given.json
      ? jsonReport({
          command: verb,
          target: target.name,
          at: Date.now(),
          ok: isDone,
          result: resultOf(switched),
        })
      : await formatDone(
          verb,
          switched.filter((source) => source.isDone),
          `npm run ops -- resume ${queue} ${targetFlags(options)}`,
        )
    for (const line of lines) cli.out(line)
    return isDone
  })
}

type SwitchDeps = {
  bridge: Pick<Bridge, 'eventSources' | 'enable'>
  /** Milliseconds since the epoch. */
  now: () => number
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
}

/** The event source of a queue after an attempt to switch it. */
type SwitchedSource = {
  queue: QueueName
  delivery: EventSourceStatus['state']
  isDone: boolean
  /** AWS completes a requested change even if nobody waits for it. */
  isRequested: boolean
}

/** AWS takes up to a minute for a change, and a change that is already in progress must end first. */
const SWITCH_TIMEOUT_MS = 3 * 60_000
const POLL_EVERY_MS = 2_000

/** Turns event sources on or off and waits until AWS confirms it, time is up or the operator stops waiting. */
export async function switchSources(
  queues: readonly QueueName[],
  enabled: boolean,
  { bridge, now, pause, stop }: SwitchDeps,
): Promise<SwitchedSource[]> {
  const until = now() + SWITCH_TIMEOUT_MS
  const requested = new Set<QueueName>()
  for (;;) {
    const sources = await bridge.eventSources()
    const switched = queues.map((queue) => ({
      queue,
      delivery: sources[queue].state,
      isDone: sources[queue].state === (enabled ? 'enabled' : 'disabled'),
      isRequested: requested.has(queue),
    }))
    if (switched.every(({ isDone }) => isDone) || stop.aborted || now() >= until) return switched
    // AWS rejects a change while another one is in progress.
    const ready = switched.filter(
      ({ isDone, isRequested, delivery }) => !isDone && !isRequested && delivery !== 'changing',
    )
    for (const { queue } of ready) {
      await bridge.enable(queue, enabled)
      requested.add(queue)
    }
    if (ready.length === 0) await pause(POLL_EVERY_MS)
  }
}

type Switched = SwitchedSource & QueueState

const resultOf = (switched: readonly Switched[]) => ({
  queues: switched.map(({ queue, delivery, waiting, inFlight, oldestMs }) => ({
    queue,
    delivery,
    waiting,
    inProgress: inFlight,
    ...(oldestMs !== undefined && { oldestSeconds: Math.round(oldestMs / 1_000) }),
  })),
})

function pending(verb: Verb, sources: readonly SwitchedSource[], options: TargetOptions): string[] {
  const direction = verb === 'pause' ? 'off' : 'on'
  const flags = targetFlags(options)
  return sources
    .filter(({ isDone }) => !isDone)
    .map(({ queue, isRequested }) =>
      isRequested
        ? `AWS has not turned ${queue} ${direction} yet, and continues without this command. See when it is done: npm run ops -- status ${flags}`
        : `Nothing was changed for ${queue}. Run it again: npm run ops -- ${verb} ${queue} ${flags}`,
    )
}

async function formatDone(verb: Verb, queues: readonly Switched[], resume: string): Promise<string[]> {
  if (queues.length === 0) return []
  const names = queues.map(({ queue }) => queue).join(' and ')
  if (verb === 'resume')
    return [
      `Resumed: ${names}. Waiting messages are delivered in order.`,
      ...queues.map(formatQueue),
      ...(await formatDelay(queues.reduce((sum, { inFlight }) => sum + inFlight, 0))),
    ]
  return [
    `Paused: ${names}. Messages that the worker already has are finished within ${durationInWords(WORKER_TIMEOUT_SECONDS * 1_000)}.`,
    ...EFFECTS,
    ...queues.map(formatQueue),
    `To resume: ${resume}`,
  ]
}

function formatQueue({ queue, waiting, inFlight, oldestMs }: Switched): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest for ${formatDuration(oldestMs)}`
  return `  ${queue}: ${plural(waiting, 'message')} waiting, ${formatCount(inFlight)} in progress${oldest}`
}

/** Says how long messages stay hidden that the worker had when delivery was paused. */
async function formatDelay(hidden: number): Promise<string[]> {
  if (hidden === 0) return ['No message waits for a retry: delivery begins at once.']
  const { MAX_BACKOFF_MS, MAX_WAIT_MS } = await import('../../../functions/worker/send/wait.ts')
  return [
    `${plural(hidden, 'message')} in progress or waiting for a retry. Each delays the messages behind it in its lane`,
    `  up to ${durationInWords(MAX_BACKOFF_MS)} if Braze failed,`,
    `  up to ${durationInWords(MAX_WAIT_MS)} if Braze asked for a longer wait,`,
    `  up to ${durationInWords(VISIBILITY_SECONDS * 1_000)} if the worker had it when it was stopped.`,
  ]
}
