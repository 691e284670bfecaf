import { setTimeout as pause } from 'node:timers/promises'
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { QueueName } from '../../../functions/shared/record.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import { duration } from '../../cli/values.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, type TargetOptions, targetFlags, withTargetOptions } from '../target-options.ts'
import type { ObserveDeps } from './observe.ts'
import type { Report } from './report.ts'

/** Covers a run that is looked up the day after or after a weekend. */
const DEFAULT_SINCE = { ms: 3 * 24 * 3_600_000, text: '3d' }

export const statusCommand = (cli: Cli) =>
  withTargetOptions(
    command('status', cli, {
      notes: [
        'It changes nothing. Metrics of a deployed stack are a minute or two late, its log some seconds. The first metrics of a connection that cdk.json does not name are up to 15 minutes late.',
        'AWS charges for each look: for about 120 metrics of CloudWatch, and 16 more for each further connection; for a run or a person, for a query over the log of that time, by its size.',
        'With --person or --braze-id, the exit code is 1 if the log does not mention the person. With --watch, it is 0 when you stop it.',
      ],
      examples: [
        [
          'npm run ops -- status --stage prod --watch',
          'shows the queues, Braze and what was parked, again and again',
        ],
        ['npm run ops -- status --stage prod --run 889', 'says whether all rows of run 889 are in Braze'],
        ['npm run ops -- status --stage prod --run 889 --wait 1h', 'waits until they are, an hour at most'],
        ['npm run ops -- status --local --person cust-1', 'shows what happened to the rows of a person'],
      ],
      exitCodes: {
        0: 'nothing holds the rows; with --run, all rows of the run are in Braze',
        1: 'something holds them (the line with !!), or the bridge did not answer; with --run, not all rows are in Braze (yet), or nothing is known of the run',
      },
    })
      .summary('show queues, Braze and parked rows; follow a run or a person')
      .description(
        'Shows for each queue whether it is delivered, what waits and how long, throughput and delivery times; what Braze answered; and what was parked. With --run, says whether all rows of a run are in Braze.',
      ),
  )
    .optionsGroup('What to look at instead:')
    .addOption(new Option('--run <id>', 'a run, as the sender names it').conflicts(['person', 'brazeId']))
    .addOption(
      new Option('--person <id>', 'one person, by external_id').conflicts('brazeId').argParser(notEmpty),
    )
    .option('--braze-id <id>', 'one person, by braze_id', notEmpty)
    .addOption(
      new Option('--since <time>', 'how far back to look for a run or a person: 90m, 24h, 14d')
        .argParser(period)
        .default(DEFAULT_SINCE.ms, DEFAULT_SINCE.text),
    )
    .optionsGroup('How:')
    .addOption(new Option('--watch', 'again every few seconds, until Ctrl-C').conflicts('wait'))
    .addOption(
      new Option(
        '--wait <time>',
        'with --run: until the run has arrived or is incomplete, at most this long: 30m',
      ).argParser(period),
    )
    .option('--json', 'print one JSON object; see docs/operating.md')
    .action(
      cli.exitsWith(async (given, self) => {
        const { withTarget } = await import('../with-target.ts')
        const subject = await subjectOf(given, self.getOptionValueSource('since') === 'cli')
        const where = readTarget(given)
        // The first line must be the answer, so there is no heading.
        return withTarget(where, cli, undefined, async (target) => {
          const read = await readerOf(subject, where, target)
          const print = ({ ok, lines, result }: Report) =>
            given.json
              ? jsonReport({ command: 'status', target: target.name, at: Date.now(), ok, result })
              : lines
          if (given.watch)
            return keepWatching(async () => print(await read()), subject, where, cli, given.json)
          const report =
            given.wait === undefined ? await read() : await waitForRun(read, given.wait, subject, where, cli)
          for (const line of print(report)) cli.out(line)
          return report.ok
        })
      }),
    )

function notEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.')
  return text
}

function period(text: string): number {
  const ms = duration(text)
  if (ms === 0) throw new InvalidArgumentError('It must be longer than 0.')
  return ms
}

type Subject =
  | { kind: 'bridge' }
  | { kind: 'run'; run: string; sinceMs: number }
  | { kind: 'person'; identifier: 'external_id' | 'braze_id'; id: string; sinceMs: number }

/** @throws UsageError if the options do not fit together, or the log cannot name the run. */
async function subjectOf(
  {
    run,
    person,
    brazeId,
    since: sinceMs,
    wait,
  }: { run?: string; person?: string; brazeId?: string; since: number; wait?: number },
  isSinceGiven: boolean,
): Promise<Subject> {
  if (wait !== undefined && run === undefined) throw new UsageError('--wait needs --run.')
  if (person !== undefined) return { kind: 'person', identifier: 'external_id', id: person, sinceMs }
  if (brazeId !== undefined) return { kind: 'person', identifier: 'braze_id', id: brazeId, sinceMs }
  if (run === undefined) {
    if (isSinceGiven) throw new UsageError('--since needs --run, --person or --braze-id.')
    return { kind: 'bridge' }
  }
  const { isDisplayable, OTHER_IDS } = await import('../../../functions/shared/display-id.ts')
  if (run !== OTHER_IDS && !isDisplayable(run))
    throw new UsageError(
      `--run takes an id that the log shows: letters, digits, _ and -, with at least one digit. An id that could be personal data, such as a name or a telephone number, is not in the log. The rows of all other runs are counted together: --run "${OTHER_IDS}" shows them. To check whether the rows of a file are in Braze, use verify FILE.`,
    )
  return { kind: 'run', run, sinceMs }
}

/** @returns a function that reads the subject once, and rejects if the bridge does not answer. */
async function readerOf(
  subject: Subject,
  where: TargetOptions,
  target: Target,
): Promise<() => Promise<Report>> {
  const { bridge, telemetry, settings, name } = target
  switch (subject.kind) {
    case 'bridge': {
      const { reportBridge } = await import('./bridge-status.ts')
      const { objectsPerRequest } = settings
      const deps = { ...(await observeDeps(target)), objectsPerRequest, targetFlags: targetFlags(where) }
      return () => reportBridge(deps, name)
    }
    case 'run': {
      const { reportRun, runProgress } = await import('./run.ts')
      const { observe } = await import('./observe.ts')
      const deps = await observeDeps(target)
      return async () => {
        const [lines, states] = await Promise.all([
          telemetry.run(subject.run, subject.sinceMs),
          bridge.queues(),
        ])
        const queuesEmpty = QUEUE_NAMES.every((queue) => states[queue].waiting + states[queue].inFlight === 0)
        const query = { ...subject, queuesEmpty, targetFlags: targetFlags(where) }
        const progress = runProgress(lines)
        // AWS charges for the metrics, which only a run with rows in the queues needs.
        const isOpen = !queuesEmpty && progress !== undefined && progress.open > 0
        const verdict = isOpen ? (await observe(deps)).verdict : undefined
        return reportRun(progress, { ...query, hold: verdict?.severity === 'problem' ? verdict : undefined })
      }
    }
    case 'person': {
      const { reportPerson } = await import('./person.ts')
      const { identifier, id, sinceMs } = subject
      const person = await hashOf(identifier, id, target)
      return async () => reportPerson(await telemetry.person(person, sinceMs), person, sinceMs)
    }
  }
}

async function observeDeps({ bridge, telemetry, sqs, settings }: Target): Promise<ObserveDeps> {
  const { countIn } = await import('../check/queue-attributes.ts')
  const { sqsAttributes } = await import('../sqs.edge.ts')
  const countDeadLetters = async (queue: QueueName) =>
    countIn(await sqsAttributes(sqs)(settings.deadLetters[queue]))
  return { bridge, telemetry, countDeadLetters, now: Date.now }
}

/** @returns the hash that identifies a person in the log. */
async function hashOf(
  identifier: 'external_id' | 'braze_id',
  id: string,
  { secretsManager, secretIds }: Target,
): Promise<string> {
  if (secretIds.logKey === undefined)
    throw new Error('it was deployed before its log could be searched for a person. Deploy this version.')
  const { personHash } = await import('../../../functions/shared/person-hash.ts')
  const { cachedSecret } = await import('../../../functions/shared/secrets.edge.ts')
  const { LogKey } = await import('../../../functions/shared/secrets.ts')
  const { key } = await cachedSecret(secretsManager, secretIds.logKey, LogKey, Date.now)()
  return personHash(key, identifier === 'external_id' ? { external_id: id } : { braze_id: id })
}

const LOCAL_MS = 2_000

/** CloudWatch's figures change once a minute, and each read costs money. */
const STACK_MS = 10_000

/** A query over the log costs more and takes some seconds. */
const LOG_MS = 30_000

function everyMs({ kind }: Subject, where: TargetOptions): number {
  if (where.kind === 'local') return LOCAL_MS
  return kind === 'bridge' ? STACK_MS : LOG_MS
}

async function waitForRun(
  read: () => Promise<Report>,
  atMostMs: number,
  subject: Subject,
  where: TargetOptions,
  { stop }: Cli,
): Promise<Report> {
  const { waitUntilFinal } = await import('./wait.ts')
  return waitUntilFinal(read, atMostMs, everyMs(subject, where), {
    now: Date.now,
    pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
    stop,
  })
}

async function keepWatching(
  readOnce: () => Promise<readonly string[]>,
  subject: Subject,
  where: TargetOptions,
  { env, stop, out, error, outStyled }: Cli,
  json = false,
): Promise<true> {
  const { watch } = await import('./watch.ts')
  await watch(readOnce, everyMs(subject, where), {
    pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
    stop,
    out,
    error,
    // A dumb terminal cannot move the cursor.
    ...(process.stdout.isTTY && env.TERM !== 'dumb' && !json && { draw: outStyled }),
  })
  return true
}
