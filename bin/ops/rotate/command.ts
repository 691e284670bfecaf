import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Option } from '@commander-js/extra-typings'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import type { KeyUse } from '../braze-key/key-use.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, targetFlags, withTargetOptions } from '../target-options.ts'
import type { BrazeRotation, BrazeRotationDeps } from './braze.ts'
import type { InboundRotationDeps } from './inbound.ts'

const PERMISSIONS =
  'The AWS credentials need secretsmanager:GetSecretValue and PutSecretValue on the secret (and kms:Decrypt and kms:GenerateDataKey if it has a key of its own), and cloudformation:DescribeStacks.'

const EXIT_CODES = {
  0: 'everything is as it should be after this step',
  1: 'something is not, or the step was not taken',
}

export const rotateCommand = (cli: Cli) =>
  command('rotate', cli, {
    examples: [
      ['npm run ops -- rotate inbound --stage prod --start', 'creates a second token for the sender'],
      ['npm run ops -- rotate braze --stage prod --key-file -', 'asks for a new Braze key and stores it'],
    ],
    exitCodes: EXIT_CODES,
  })
    .summary('replace the inbound token or the Braze key, step by step')
    .description('Replaces a secret without rejecting a request. Each command has its own --help.')
    .helpCommand(false)
    .addCommand(inboundCommand(cli))
    .addCommand(brazeCommand(cli))

const inboundCommand = (cli: Cli) =>
  withTargetOptions(
    command('inbound', cli, {
      notes: [
        'The secret itself records how far the rotation is: any operator can take the next step, on any machine and day.',
        'On a terminal, --finish asks for the name of a stage with keepData, because the previous token cannot be restored.',
        PERMISSIONS,
      ],
      examples: [
        ['npm run ops -- rotate inbound --stage prod --start', 'creates a second token for the sender'],
        ['npm run ops -- rotate inbound --stage prod', 'shows the progress, and tests both tokens'],
        ['npm run ops -- rotate inbound --stage prod --finish', 'removes the token that was used before'],
      ],
      exitCodes: EXIT_CODES,
    })
      .summary("replace the token of a connection's sender")
      .description(
        'Replaces the token of a connection. Two tokens are valid during a rotation. Without --start and --finish, shows its progress and tests each valid token.',
      ),
  )
    .option('--connection <name>', 'whose token it is, if it is not the default connection')
    .addOption(
      new Option(
        '--start',
        'create a new token beside the current one, and wait until the webhook accepts both',
      ).conflicts('finish'),
    )
    .option(
      '--finish',
      'after the sender uses the new token: remove the previous one, and wait until the webhook rejects it, which takes 5 minutes',
    )
    .addOption(
      new Option('--show', 'print the new token, which is otherwise only in Secrets Manager').conflicts(
        'json',
      ),
    )
    .option('--json', 'print one JSON object without a token; see docs/operating.md')
    .option('--yes', 'finish without a question')
    .action(
      cli.exitsWith(async ({ start, finish, show = false, json, yes = false, ...given }) => {
        const { requireConnection, withTarget } = await import('../with-target.ts')
        const { rotateInbound } = await import('./inbound.ts')
        const { DEFAULT_CONNECTION } = await import('../../../functions/shared/connection.ts')
        const { connection = DEFAULT_CONNECTION } = given
        const step = start ? 'start' : finish ? 'finish' : 'look'
        const heading = step === 'look' ? 'Looking at' : 'Rotating on'
        return withTarget(readTarget(given), cli, json ? undefined : heading, async (target) => {
          requireConnection(target, connection)
          const deps = await inboundDeps(
            connection,
            target,
            targetFlags(readTarget(given)),
            yes,
            quietIf(json, cli),
          )
          const rotation = await rotateInbound({ step, show }, deps)
          return report('rotate inbound', target, { connection, ...rotation }, json, cli)
        })
      }),
    )

const brazeCommand = (cli: Cli) =>
  withTargetOptions(
    command('braze', cli, {
      notes: [PERMISSIONS],
      examples: [
        ['npm run ops -- rotate braze --stage prod', 'tests the current key, and lists the steps'],
        ['npm run ops -- rotate braze --stage prod --key-file -', 'asks for a new key and stores it'],
        ['npm run ops -- rotate braze --local --key-file key.txt', 'takes the key from a file'],
        [
          'npm run ops -- rotate braze --exports --stage prod --key-file -',
          'stores the key that only reads profiles',
        ],
      ],
      exitCodes: EXIT_CODES,
    })
      .summary('replace the Braze key')
      .description(
        'Replaces the key of the Braze workspace, which a person creates in Braze. Without --key-file, tests the current key and lists the steps.',
      ),
  )
    .option(
      '--key-file <file>',
      'test the permissions of the key in this file, then store it; - asks for the key without showing it, or reads it from a pipe',
    )
    .option(
      '--rest-endpoint <url>',
      'the REST endpoint of another Braze instance; required for the first key',
    )
    .option(
      '--exports',
      'replace the separate key for /users/export/ids; see separateExportKey in docs/settings.md',
    )
    .option('--json', 'print one JSON object without a key; see docs/operating.md')
    .action(
      cli.exitsWith(async ({ keyFile, restEndpoint, exports, json, ...given }) => {
        if (restEndpoint !== undefined && keyFile === undefined)
          throw new UsageError(
            '--rest-endpoint needs --key-file, because a key belongs to one instance of Braze.',
          )
        const { withTarget } = await import('../with-target.ts')
        const { brazeKeys } = await import('../braze-key/key-use.ts')
        const { rotateBraze, showBrazeKey } = await import('./braze.ts')
        const { readKey } = await import('./read-key.edge.ts')
        const heading = keyFile === undefined ? 'Looking at' : 'Rotating on'
        return withTarget(readTarget(given), cli, json ? undefined : heading, async (target) => {
          const keys = brazeKeys(target.secretIds)
          const key = exports ? keys.exports : keys.delivery
          if (!key) {
            cli.error(NO_EXPORT_KEY)
            return false
          }
          const deps = await brazeDeps(target, key, targetFlags(readTarget(given)), quietIf(json, cli))
          const rotation =
            keyFile === undefined
              ? await showBrazeKey(deps)
              : await rotateBraze(
                  restEndpoint,
                  () => readKey(keyFile, process.stdin, (prompt) => process.stderr.write(prompt)),
                  deps,
                )
          return report('rotate braze', target, withTimes(rotation), json, cli)
        })
      }),
    )

const NO_EXPORT_KEY =
  'This stack has no separate key for /users/export/ids. Nothing was changed. Set separateExportKey in cdk.json and deploy, or leave out --exports.'

/** With `--json`, nothing but the JSON is printed; errors still are. */
const quietIf = (json: true | undefined, cli: Cli): Cli => (json ? { ...cli, out: () => undefined } : cli)

function report<Rotation extends { ok: boolean }>(
  name: string,
  target: Target,
  { ok, ...result }: Rotation,
  json: true | undefined,
  { out }: Cli,
): boolean {
  if (json)
    for (const line of jsonReport({ command: name, target: target.name, at: Date.now(), ok, result }))
      out(line)
  return ok
}

const withTimes = ({ oldKeyUnusedAt, ...rotation }: BrazeRotation) => ({
  ...rotation,
  ...(oldKeyUnusedAt !== undefined && { oldKeyUnusedAt: new Date(oldKeyUnusedAt).toISOString() }),
})

async function inboundDeps(
  name: string,
  target: Target,
  flags: string,
  yes: boolean,
  cli: Cli,
): Promise<InboundRotationDeps> {
  const { callWebhook } = await import('../call-webhook.edge.ts')
  const { isConfirmed } = await import('../confirm.ts')
  const { secretStore } = await import('../secret-store.edge.ts')
  const { tryTokenAt } = await import('../try-token.ts')
  const { settings, secretIds, secretsManager, webhookUrl, mutualTls } = target
  const connection = settings.connections[name]
  if (!connection) throw new Error(`no connection ${name}`)
  const id = secretIds.inbound(name)
  return {
    name,
    connection,
    store: secretStore(secretsManager, id),
    tryToken: mutualTls
      ? undefined
      : tryTokenAt(webhookUrl, { callWebhook, now: Date.now, newId: randomUUID }),
    randomBytes,
    confirm: () => isConfirmed('remove the previous token on', target, cli, yes),
    now: Date.now,
    pause: (ms) => pause(ms, undefined, { signal: cli.stop }).catch(() => undefined),
    stop: cli.stop,
    startProgress: cli.startProgress,
    secretLocation: target.placeOfSecret(id),
    command: `npm run ops -- rotate inbound --connection ${name} ${flags}`,
    check: `npm run ops -- check ${flags}`,
    out: cli.out,
    error: cli.error,
  }
}

async function brazeDeps(
  { secretsManager, allowLoopbackBraze }: Target,
  { id, use }: { id: string; use: KeyUse },
  flags: string,
  { out, error }: Cli,
): Promise<BrazeRotationDeps> {
  const { callBraze } = await import('../../../functions/shared/braze.edge.ts')
  const { secretStore } = await import('../secret-store.edge.ts')
  return {
    use,
    store: secretStore(secretsManager, id),
    callBraze,
    allowLoopback: allowLoopbackBraze,
    now: Date.now,
    command: `npm run ops -- rotate braze${use.rotateOption} ${flags}`,
    out,
    error,
  }
}
