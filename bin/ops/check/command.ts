import { randomUUID } from 'node:crypto'
import { VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS } from '../../../functions/shared/limits.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { plural } from '../../cli/plural.ts'
import { type Cli, command } from '../../cli/program.ts'
import { type Finding, formatFinding, isProblemFinding } from '../finding.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, targetFlags, withTargetOptions } from '../target-options.ts'
import type { CheckDeps } from './check.ts'

export const checkCommand = (cli: Cli) =>
  withTargetOptions(
    command('check', cli, {
      notes: [
        'Each line begins with ok, with -- (worth knowing) or with !! (must be fixed). "Next:" says what to do.',
        'The AWS credentials need secretsmanager:GetSecretValue on the secrets of the stack, sqs:GetQueueAttributes, lambda:GetEventSourceMapping, lambda:GetAccountSettings and cloudformation:DescribeStacks.',
      ],
      examples: [
        ['npm run ops -- check --stage prod', 'checks the deployed stage prod'],
        ['npm run ops -- check --stage prod --json', 'the same for a monitoring script'],
        ['npm run ops -- check --local', 'checks the npm start on this machine'],
      ],
      exitCodes: {
        0: 'nothing has to be fixed',
        1: 'something has to be fixed, or the bridge could not be found',
      },
    })
      .summary('check that everything is connected, and say what to fix')
      .description(
        'Checks the Braze secret, its endpoint, the key and its permissions; the inbound secret of each connection, and that the webhook accepts its token; queues, dead letters, event sources, the concurrency of the account and lanes; the differences between cdk.json and the deployed stack; and clocks. Changes nothing, sends no row, and prints no secret.',
      ),
  )
    .option('--json', 'print one JSON object; see docs/operating.md')
    .action(
      cli.exitsWith(async ({ json, ...given }) => {
        const { withTarget } = await import('../with-target.ts')
        const { checkBridge } = await import('./check.ts')
        const options = readTarget(given)
        return withTarget(options, cli, json ? undefined : 'Looking at', async (target) => {
          const findings = await checkBridge(await depsOf(target, targetFlags(options)))
          const ok = !findings.some(isProblemFinding)
          const report = { command: 'check', target: target.name, at: Date.now(), ok, result: { findings } }
          for (const line of json ? jsonReport(report) : formatFindings(findings)) cli.out(line)
          return ok
        })
      }),
    )

const formatFindings = (findings: readonly Finding[]): string[] => [
  ...findings.flatMap(formatFinding),
  '',
  summaryLine(findings),
]

/**
 * A check that could not run is a note too, so everything is known to be connected only if there are no notes.
 */
function summaryLine(findings: readonly Finding[]): string {
  const problems = findings.filter(isProblemFinding).length
  if (problems > 0) return `${plural(problems, 'problem')} to fix, marked with !!.`
  const notes = findings.filter(({ verdict }) => verdict === 'note').length
  return notes === 0
    ? 'Everything is connected.'
    : `Nothing has to be fixed. ${plural(notes, 'line')} worth reading, marked with --.`
}

async function depsOf(target: Target, targetFlags: string): Promise<CheckDeps> {
  const { callBraze } = await import('../../../functions/shared/braze.edge.ts')
  const { cachedSecret } = await import('../../../functions/shared/secrets.edge.ts')
  const { brazeSecret, InboundSecret } = await import('../../../functions/shared/secrets.ts')
  const { brazeKeys } = await import('../braze-key/key-use.ts')
  const { callWebhook } = await import('../call-webhook.edge.ts')
  const { sqsAttributes } = await import('../sqs.edge.ts')
  const { secretIds, secretsManager, allowLoopbackBraze: allowLoopback, mutualTls } = target
  return {
    ...target.settings,
    bridge: target.bridge,
    webhookUrl: target.webhookUrl,
    ...(mutualTls && { mutualTls }),
    declared: target.declared,
    targetFlags,
    brazeKeys: Object.values(brazeKeys(secretIds)).map(({ id, use }) => ({
      use,
      readBrazeSecret: cachedSecret(secretsManager, id, brazeSecret({ allowLoopback }), Date.now),
    })),
    readInboundSecret: (connection) =>
      cachedSecret(secretsManager, secretIds.inbound(connection), InboundSecret, Date.now)(),
    queueAttributes: sqsAttributes(target.sqs),
    // A local run hides messages for little longer than one worker timeout.
    leastVisibilitySeconds: allowLoopback ? WORKER_TIMEOUT_SECONDS : VISIBILITY_SECONDS,
    callBraze,
    callWebhook,
    now: Date.now,
    newId: randomUUID,
  }
}
