import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import { choice, duration, list } from '../../cli/values.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { DeadLetter } from '../redrive/dead-letter.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, targetFlags, withTargetOptions } from '../target-options.ts'
import type { DeadLetterFilter, ScanDeps, ScanResult } from './scan.ts'

export const deadLettersCommand = (cli: Cli) =>
  withTargetOptions(
    command('dead-letters', cli, {
      notes: ['Nothing is deleted, and every dead letter is visible again afterwards.'],
      examples: [
        ['npm run ops -- dead-letters --stage prod', 'lists the dead letters by cause'],
        [
          'npm run ops -- dead-letters --stage prod --run 889 --values',
          'shows some of run 889 with their content',
        ],
        [
          'npm run ops -- dead-letters --stage prod --older-than 11d --export FILE',
          'keeps those that expire soon',
        ],
      ],
      exitCodes: {
        0: 'all visible dead letters were listed; with --export, all were written',
        1: 'some could not be listed or written, or no dead letter belongs to --run',
      },
    })
      .summary('list dead letters by cause; show one; export them')
      .description(
        'Lists the dead letters by what happened to them: code, connection, run, how many and how old, and what to do about them.',
      )
      .enablePositionalOptions()
      .helpCommand(false)
      .addCommand(showCommand(cli)),
  )
    .optionsGroup('Which dead letters:')
    .addOption(choice('--queue <name>', 'only those of this queue', QUEUE_NAMES))
    .option('--code <codes>', 'only those with these codes, separated by commas', list)
    .option('--connection <name>', 'only those of this connection')
    .option('--run <id>', 'only those that hold something of this run')
    .option('--older-than <time>', 'only those that arrived longer ago than this: 90m, 24h, 12d', duration)
    .optionsGroup('How:')
    .option('--values', 'show some of each code with their content, which is personal data')
    .addOption(new Option('--json', 'print one JSON object; see docs/operating.md').conflicts('values'))
    .addOption(
      new Option(
        '--export <file>',
        `write them to a new file, one JSON object per line, because SQS deletes a dead letter after ${RETENTION_DAYS} days; the file holds personal data, and only you may read it`,
      ).conflicts(['json', 'values']),
    )
    .action(
      cli.exitsWith(async (given) => {
        const { requireCodes } = await import('../dead-letter-codes.ts')
        const { requireConnection, withTarget } = await import('../with-target.ts')
        const { queue, code: codes = [], connection, run, olderThan: olderThanMs } = given
        requireCodes(codes)
        const filter = { queues: queue ? [queue] : QUEUE_NAMES, codes, connection, run, olderThanMs }
        const heading = given.json ? undefined : 'Looking at'
        return withTarget(readTarget(given), cli, heading, async (target) => {
          requireConnection(target, connection)
          if (given.json) return reportForMachine(filter, target, cli)
          if (given.export !== undefined) return exportTo(given.export, filter, target, cli)
          return listForPerson(filter, given.values === true, targetFlags(readTarget(given)), target, cli)
        })
      }),
    )

const showCommand = (cli: Cli) =>
  withTargetOptions(
    command('show', cli, {
      examples: [
        [
          'npm run ops -- dead-letters show 5fea7756-0ea4-451a-a703-a558b933e274 --stage prod',
          'shows this dead letter, whose message id the listing names',
        ],
      ],
      exitCodes: { 0: 'it was shown', 1: 'it was not found, or is not visible now' },
    })
      .summary('show one dead letter as the SQS console does')
      .description(
        'Shows the attributes and the body of one dead letter, which hold personal data, as the SQS console does.',
      )
      .argument('<message-id>', 'as the listing, the SQS console or the log names it'),
  )
    .addOption(choice('--queue <name>', 'look in this queue only', QUEUE_NAMES))
    .action(
      cli.exitsWith(async (messageId, given, self) => {
        requireNoOptions(self.parent)
        const { withTarget } = await import('../with-target.ts')
        return withTarget(readTarget(given), cli, 'Looking at', async (target) => {
          const { findDeadLetter } = await import('./scan.ts')
          const { formatDeadLetter } = await import('./format.ts')
          const found = await findDeadLetter(
            messageId,
            given.queue ? [given.queue] : QUEUE_NAMES,
            await depsOf(target, cli),
          )
          if (found) for (const line of formatDeadLetter(found, Date.now())) cli.out(line)
          else
            cli.error(
              `There is no visible dead letter ${messageId}. It may have been redriven or deleted, or the console or another command holds it. npm run ops -- dead-letters ${targetFlags(readTarget(given))} lists those that are visible.`,
            )
          return found !== undefined
        })
      }),
    )

/** An option between `dead-letters` and `show` would have no effect: on the target, most dangerously. */
function requireNoOptions(parent: CommandUnknownOpts | null): void {
  if (parent?.options.some((option) => parent.getOptionValueSource(option.attributeName()) === 'cli'))
    throw new UsageError('Put the options of show after the message id.')
}

/** How many dead letters of each code are shown with their content. */
const MAX_SAMPLES = 3

async function listForPerson(
  filter: DeadLetterFilter,
  withValues: boolean,
  targetFlags: string,
  target: Target,
  cli: Cli,
): Promise<boolean> {
  const { scanDeadLetters } = await import('./scan.ts')
  const { formatGroups } = await import('./format.ts')
  const samples: DeadLetter[] = []
  const scanned = await scanDeadLetters(filter, await depsOf(target, cli), (deadLetter) => {
    const before = samples.filter(({ code }) => code === deadLetter.code).length
    if (withValues && before < MAX_SAMPLES) samples.push(deadLetter)
  })
  for (const line of formatGroups(scanned, samples, targetFlags, Date.now())) cli.out(line)
  return isComplete(scanned, cli)
}

async function reportForMachine(filter: DeadLetterFilter, target: Target, cli: Cli): Promise<boolean> {
  const { scanDeadLetters } = await import('./scan.ts')
  const { deadLettersResult } = await import('./format.ts')
  const scanned = await scanDeadLetters(filter, await depsOf(target, cli), () => undefined)
  const ok = isComplete(scanned, cli)
  const result = deadLettersResult(scanned)
  for (const line of jsonReport({ command: 'dead-letters', target: target.name, at: Date.now(), ok, result }))
    cli.out(line)
  return ok
}

/** Prints what is wrong with `--run`. @returns whether all visible dead letters were listed. */
function isComplete({ listing, unmatched }: ScanResult, { error }: Cli): boolean {
  if (unmatched !== undefined) error(unmatched)
  return listing === 'complete' && unmatched === undefined
}

async function exportTo(file: string, filter: DeadLetterFilter, target: Target, cli: Cli): Promise<boolean> {
  const { exportDeadLetters, openArchive } = await import('./export.edge.ts')
  const archive = openArchive(file)
  if (!('problem' in archive))
    return exportDeadLetters(filter, archive, file, {
      ...(await depsOf(target, cli)),
      out: cli.out,
      error: cli.error,
    })
  cli.error(archive.problem)
  return false
}

async function depsOf({ sqs, settings, waitSeconds }: Target, { stop }: Cli): Promise<ScanDeps> {
  const { sqsDeadLetters } = await import('../sqs.edge.ts')
  return { ...sqsDeadLetters(sqs, settings.deadLetters, waitSeconds), now: Date.now, stop, settings }
}
