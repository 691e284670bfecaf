import { randomUUID } from 'node:crypto'
import { callBraze } from '../../../functions/shared/braze.edge.ts'
import { VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS } from '../../../functions/shared/limits.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { brazeSecret, InboundSecret } from '../../../functions/shared/secrets.ts'
import { plural } from '../../cli/plural.ts'
import { callWebhook } from '../call-webhook.edge.ts'
import type { Command } from '../command.ts'
import { type Finding, formatFinding, isProblemFinding } from '../finding.ts'
import { sqsAttributes } from '../sqs.edge.ts'
import type { Target } from '../target.edge.ts'
import { targetFlags } from '../target-options.ts'
import { withTarget } from '../with-target.ts'
import { type CheckDeps, checkBridge } from './check.ts'
import { CHECK_HELP, readCheckOptions } from './options.ts'

export const checkCommand: Command = {
  summary: 'checks that everything is connected, and says what to fix',
  help: CHECK_HELP,
  run: async (io) => {
    const { argv, out } = io
    const read = readCheckOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { json, targetOptions } = read
    // With `--json`, nothing but the JSON is printed.
    const printTarget = json ? () => undefined : out
    return withTarget(targetOptions, { ...io, out: printTarget }, 'Looking at', async (target) => {
      const findings = await checkBridge(depsOf(target, targetFlags(targetOptions)))
      const isHealthy = !findings.some(isProblemFinding)
      if (json) out(JSON.stringify({ target: target.name, ok: isHealthy, findings }, undefined, 2))
      else for (const line of formatFindings(findings)) out(line)
      return isHealthy
    })
  },
}

function formatFindings(findings: readonly Finding[]): string[] {
  return [...findings.flatMap(formatFinding), '', summaryLine(findings)]
}

/**
 * A check that could not run is a note too, so everything is known to be wired only if there are no notes.
 */
function summaryLine(findings: readonly Finding[]): string {
  const problems = findings.filter(isProblemFinding).length
  if (problems > 0) return `To be mended: ${plural(problems, 'thing')}, marked with !!.`
  const notes = findings.filter(({ verdict }) => verdict === 'note').length
  return notes === 0
    ? 'Everything is wired.'
    : `Nothing was found that has to be mended. Worth a look: ${plural(notes, 'thing')}, marked with --.`
}

function depsOf(target: Target, targetFlags: string): CheckDeps {
  const { settings, secretIds, secretsManager, sqs, bridge, webhookUrl, allowLoopbackBraze, declared } =
    target
  return {
    ...settings,
    bridge,
    webhookUrl,
    ...(target.mutualTls && { mutualTls: target.mutualTls }),
    declared,
    targetFlags,
    readBrazeSecret: cachedSecret(
      secretsManager,
      secretIds.braze,
      brazeSecret({ allowLoopback: allowLoopbackBraze }),
      Date.now,
    ),
    readInboundSecret: (connection) =>
      cachedSecret(secretsManager, secretIds.inbound(connection), InboundSecret, Date.now)(),
    queueAttributes: sqsAttributes(sqs),
    // A local run hides messages for little longer than one worker timeout.
    leastVisibilitySeconds: allowLoopbackBraze ? WORKER_TIMEOUT_SECONDS : VISIBILITY_SECONDS,
    callBraze,
    callWebhook,
    now: Date.now,
    newId: randomUUID,
  }
}
