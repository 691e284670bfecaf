import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Option } from '@commander-js/extra-typings'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command } from '../../cli/program.ts'
import { choice, duration, list, wholeNumber } from '../../cli/values.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, withTargetOptions } from '../target-options.ts'
import { DEFAULT_OPTIONS, type RedriveOptions } from './options.ts'

const MAX_RATE = 99_999

export const redriveCommand = (cli: Cli) =>
  withTargetOptions(
    command('redrive', cli, {
      notes: [
        'Correct the cause first. A redriven record counts as newly accepted: it goes into the lane of its user, in the order in which the records were first accepted. Dead letters that one round cannot take follow in further rounds. A redrive can be interrupted and run again.',
        'On a terminal, a stage with keepData is redriven without --yes too, after you have typed its name.',
      ],
      examples: [
        ['npm run ops -- redrive --stage prod', 'shows what would be redriven, and changes nothing'],
        [
          'npm run ops -- redrive --stage prod --code REJECTED_BY_BRAZE --yes',
          'redrives the records with this code',
        ],
        ['npm run ops -- redrive --local --run 889 --max-age 3d', 'shows what would be redriven of run 889'],
      ],
      exitCodes: {
        0: 'everything that was asked for was done, or there was nothing to do',
        1: 'something could not be done, or no dead letter fits --run or --letter',
      },
    })
      .summary('redrive dead letters, or show what would be redriven')
      .description(
        'Sends the records of dead letters to their source queue again, and deletes the dead letters. Without --yes, shows which records would be sent.',
      ),
  )
    .optionsGroup('Which dead letters:')
    .addOption(choice('--queue <name>', 'only those of this queue', QUEUE_NAMES))
    .option('--code <codes>', 'only those with these codes, separated by commas', list)
    .option('--letter <ids>', 'only those with these message ids, separated by commas', list)
    .option('--connection <name>', 'only those of this connection')
    .option('--run <id>', 'only records and rows of this run')
    .optionsGroup('Left out by default:')
    .addOption(
      new Option('--max-age <time>', 'profile records accepted longer ago than this')
        .argParser(duration)
        .default(DEFAULT_OPTIONS.maxAgeMs, '24h'),
    )
    .option(
      '--include-stale',
      'also redrive profile records of any age, and values that a later dead letter sets',
    )
    .option('--include-doubtful', 'also redrive events and increments that Braze may already have')
    .optionsGroup('How:')
    .option(
      '--rate <number>',
      'records per second; new records need the rest of the request limit',
      wholeNumber(1, MAX_RATE),
      DEFAULT_OPTIONS.rate,
    )
    .option('--show', 'list every dead letter with its content, which is personal data')
    .option('--json', 'print one JSON object; see docs/operating.md')
    .option('--yes', 'redrive what the plan shows, without a question')
    .action(
      cli.exitsWith(async (given) => {
        const { requireConnection, withTarget } = await import('../with-target.ts')
        const { requireCodes } = await import('../dead-letter-codes.ts')
        const { code: codes = [], letter: deadLetterIds = [], queue, maxAge: maxAgeMs } = given
        requireCodes(codes)
        const queues = queue ? [queue] : QUEUE_NAMES
        const options = { ...DEFAULT_OPTIONS, ...given, queues, codes, deadLetterIds, maxAgeMs }
        const heading = given.yes ? 'Redriving on' : 'Looking at'
        return withTarget(readTarget(given), cli, given.json ? undefined : heading, async (target) => {
          requireConnection(target, given.connection)
          return given.json ? redriveForJson(options, target, cli) : redriveForPerson(options, target, cli)
        })
      }),
    )

/** On a terminal, shows the plan first and asks, where a question is needed. */
async function redriveForPerson(options: RedriveOptions, target: Target, cli: Cli): Promise<boolean> {
  const { isConfirmed } = await import('../confirm.ts')
  const { isRedriven } = await import('./plan.ts')
  const run = await redriveOn(target, cli)
  const { plan, complete, unmatched = [] } = await run(options)
  for (const sentence of unmatched) cli.error(sentence)
  const isAsked = cli.ask !== undefined && target.protectedStage !== undefined
  if (options.yes || !isAsked || !complete || !plan.some(isRedriven)) return complete
  if (!(await isConfirmed('redrive these on', target, cli, false))) return false
  return (await run({ ...options, yes: true })).complete
}

async function redriveForJson(options: RedriveOptions, target: Target, cli: Cli): Promise<boolean> {
  const { summarizePlan } = await import('./summary.ts')
  const run = await redriveOn(target, { ...cli, out: () => undefined })
  const { plan, complete, done, partlySent, unmatched = [] } = await run(options)
  for (const sentence of unmatched) cli.error(sentence)
  const { goes, stays } = summarizePlan(plan, options)
  const result = {
    ...(options.yes
      ? { redriven: { deadLetters: done.size, partlySent: partlySent.size } }
      : { wouldRedrive: goes }),
    stays: stays.map(({ reason: rule, why: reason, next: hint, ...size }) => ({
      rule,
      reason,
      hint,
      ...size,
    })),
  }
  for (const line of jsonReport({
    command: 'redrive',
    target: target.name,
    at: Date.now(),
    ok: complete,
    result,
  }))
    cli.out(line)
  return complete
}

async function redriveOn({ sqs, settings, waitSeconds }: Target, { out, error, startProgress, stop }: Cli) {
  const { sqsSendBatch } = await import('../../../functions/shared/queue.edge.ts')
  const { sqsDeadLetters } = await import('../sqs.edge.ts')
  const { redrive } = await import('./redrive.ts')
  return (options: RedriveOptions) =>
    redrive(options, {
      ...sqsDeadLetters(sqs, settings.deadLetters, waitSeconds),
      sendBatch: sqsSendBatch(sqs, (code) => error(`SQS did not accept a message: ${code}`)),
      now: Date.now,
      newId: randomUUID,
      pause: async (ms) => pause(ms),
      stop,
      startProgress,
      settings,
      out,
    })
}
