import { randomUUID } from 'node:crypto'
import { callBraze } from '../../../functions/shared/braze.edge.ts'
import { VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS } from '../../../functions/shared/limits.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { brazeSecret, InboundSecret } from '../../../functions/shared/secrets.ts'
import { plural } from '../../local/plural.ts'
import { callWebhook } from '../call-webhook.edge.ts'
import type { Command } from '../command.ts'
import { type Finding, isProblem, tellFinding } from '../finding.ts'
import { sqsAttributes } from '../sqs.edge.ts'
import type { Target } from '../target.edge.ts'
import { whereTyped } from '../where.ts'
import { withTarget } from '../with-target.ts'
import { type CheckDeps, check } from './check.ts'
import { CHECK_HELP, readCheckOptions } from './options.ts'

export const checkCommand: Command = {
  does: 'looks whether everything is wired, and says what to mend',
  help: CHECK_HELP,
  run: async (surroundings) => {
    const { argv, out } = surroundings
    const read = readCheckOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { json, where } = read
    // Whoever asks for JSON gets nothing else.
    const tellTarget = json ? () => undefined : out
    return withTarget(where, { ...surroundings, out: tellTarget }, async (target) => {
      const findings = await check(depsOf(target, whereTyped(where)))
      const mended = !findings.some(isProblem)
      if (json) out(JSON.stringify({ target: target.name, ok: mended, findings }, undefined, 2))
      else for (const line of tell(findings)) out(line)
      return mended
    })
  },
}

function tell(findings: readonly Finding[]): string[] {
  return [...findings.flatMap(tellFinding), '', verdict(findings)]
}

/** What could not be looked at is a note too: only where there is none, everything is known to be wired. */
function verdict(findings: readonly Finding[]): string {
  const problems = findings.filter(isProblem).length
  if (problems > 0) return `To be mended: ${plural(problems, 'thing')}, marked with !!.`
  const notes = findings.filter(({ verdict }) => verdict === 'note').length
  return notes === 0
    ? 'Everything is wired.'
    : `Nothing was found that has to be mended. Worth a look: ${plural(notes, 'thing')}, marked with --.`
}

function depsOf(target: Target, where: string): CheckDeps {
  const { settings, secretIds, secretsManager, sqs, bridge, webhookUrl, allowLoopbackBraze, declared } =
    target
  return {
    ...settings,
    bridge,
    webhookUrl,
    ...(target.mutualTls && { mutualTls: target.mutualTls }),
    declared,
    where,
    readBrazeSecret: cachedSecret(
      secretsManager,
      secretIds.braze,
      brazeSecret({ allowLoopback: allowLoopbackBraze }),
      Date.now,
    ),
    readInboundSecret: (connection) =>
      cachedSecret(secretsManager, secretIds.inbound(connection), InboundSecret, Date.now)(),
    queueAttributes: sqsAttributes(sqs),
    // A local run hides for little longer than one time-out.
    leastVisibilitySeconds: allowLoopbackBraze ? WORKER_TIMEOUT_SECONDS : VISIBILITY_SECONDS,
    callBraze,
    callWebhook,
    now: Date.now,
    newId: randomUUID,
  }
}
