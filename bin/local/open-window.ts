import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { settingsFrom } from '../../functions/receiver/settings.ts'
import { callBraze, EXPORT_IDS_PATH, MAX_EXPORT_ANSWER_BYTES } from '../../functions/shared/braze.edge.ts'
import { type Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { ReceiverEnv } from '../../functions/shared/env.ts'
import { type Credentials, InboundSecret } from '../../functions/shared/secrets.ts'
import { ENDPOINTS } from '../ops/sent-file/request-options.ts'
import { DEFAULT_STATE_DIR, targetFlags } from '../ops/target-options.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import type { WindowParts } from './control/parts.ts'
import { curlLine } from './curl-line.ts'
import { openDeadLetterBrowser } from './dead-letter-browser.ts'
import { createExplainer } from './explain.ts'
import { type FunctionEnv, INBOUND_SECRET_ID, INBOUND_SECRET_PREFIX } from './function-env.ts'
import { MAX_BODY_BYTES } from './listen.ts'
import type { LiveCounters } from './live-counters.ts'
import { lookUpInBraze, lookUpInSimulator } from './look-up.ts'
import type { LocalQueues } from './queues.ts'
import { createRehearsal } from './rehearsal.ts'
import { readSamples } from './samples.ts'
import type { LocalSecrets } from './secrets.ts'
import { createSender } from './send.ts'
import { openWindowRedrive } from './window-redrive.ts'

/** A person at the window waits no longer than this, in milliseconds. */
const LOOK_UP_TIMEOUT_MS = 12_000

const EXPORT = {
  path: EXPORT_IDS_PATH,
  timeoutMs: LOOK_UP_TIMEOUT_MS,
  maxAnswerBytes: MAX_EXPORT_ANSWER_BYTES,
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

/** Connects the window to the parts of a running bridge. */
export function openWindow(options: {
  webhookUrl: string
  sqs: SQSClient
  braze: Credentials
  simulator: BrazeSimulator | undefined
  queues: LocalQueues
  connections: Connections
  stateDir: string
  env: FunctionEnv
  secrets: Pick<LocalSecrets, 'get'>
  counters: LiveCounters
  /** Aborted when everything stops. */
  stop: AbortSignal
  onError: (what: string) => void
}): WindowParts {
  const { webhookUrl, braze, simulator, queues, connections, stateDir, env, secrets, counters } = options
  const settings = settingsFrom(ReceiverEnv.parse(env), connections)
  const tokenOf = (name: string) =>
    InboundSecret.parse(
      secrets.get(name === DEFAULT_CONNECTION ? INBOUND_SECRET_ID : INBOUND_SECRET_PREFIX + name),
    ).token
  const send = createSender(webhookUrl, connections, tokenOf)
  const chosenStateDir = stateDir === resolve(DEFAULT_STATE_DIR) ? undefined : stateDir
  return {
    facts: {
      startedAt: Date.now(),
      webhookUrl,
      targetFlags: targetFlags({ kind: 'local', stateDir: chosenStateDir }),
      braze: { url: braze.restEndpoint, isSimulator: simulator !== undefined },
      connections: Object.keys(connections),
      endpoints: ENDPOINTS,
      maxBodyBytes: MAX_BODY_BYTES,
      lanes: settings.lanes,
      samples: simulator ? readSamples() : [],
    },
    rehearse: simulator && createRehearsal(simulator, later),
    curl: () => curlLine(webhookUrl, tokenOf(DEFAULT_CONNECTION)),
    counters,
    deadLetters: openDeadLetterBrowser(queues, connections, () => performance.now()),
    redrive: openWindowRedrive({
      ...options,
      settings,
      stateDir: chosenStateDir,
    }),
    send,
    explain: createExplainer({ settings, now: Date.now, newId: randomUUID }),
    lookUp: simulator
      ? lookUpInSimulator(simulator)
      : lookUpInBraze((body) => callBraze(braze, { ...EXPORT, body })),
  }
}
