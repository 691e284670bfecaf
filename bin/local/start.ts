import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQSClient } from '@aws-sdk/client-sqs'
import { Connections } from '../../functions/shared/connection.ts'
import { WORKER_TIMEOUT_SECONDS } from '../../functions/shared/limits.ts'
import { InboundSecret } from '../../functions/shared/secrets.ts'
import { type Paint, plain } from '../cli/paint.ts'
import { announce } from './announce.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import { additionalTokens } from './connection-tokens.ts'
import { finishedIn } from './control/answer.ts'
import { startControl } from './control/server.ts'
import { deadLettersPage, type LocalDeadLetter, listDeadLetters } from './dead-letters.ts'
import { type Deliveries, openPausedQueues, startDeliveries } from './deliveries.ts'
import {
  BRAZE_SECRET_ID,
  type FunctionEnv,
  functionEnv,
  INBOUND_SECRET_ID,
  INBOUND_SECRET_PREFIX,
  LOG_KEY_SECRET_ID,
  SPACING_MS,
} from './function-env.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { type Handlers, lambda, loadHandlers } from './invoke.ts'
import { startLiveCounters } from './live-counters.ts'
import { errorLine, logLine, requestLine } from './live-lines.ts'
import { interceptLogEntries, type LogEntry, type LogStore, openLogStore } from './log-entries.ts'
import { type Measurements, openMeasurements } from './measurements.ts'
import { openWindow } from './open-window.ts'
import { LOCAL_REGION } from './queues.ts'
import { startSecrets } from './secrets.ts'
import { type LocalSettings, portAbove } from './settings.ts'
import { openState, portProblem } from './state.ts'
import { WINDOW_PORT_OFFSET } from './variables.ts'

/** The functions' timeouts in the stack. API Gateway itself waits at most 30 seconds for an answer. */
const RECEIVER_TIMEOUT_MS = 30_000
const WORKER_TIMEOUT_MS = WORKER_TIMEOUT_SECONDS * 1_000

/** The length of a SHA-256, which makes the token infeasible to guess. */
const CONTROL_TOKEN_BYTES = 32
const LOG_KEY_BYTES = 32

export type LocalOptions = LocalSettings & {
  /** Receives the live lines. */
  print: (line: string) => void
  paint?: Paint
  /** The command that was typed to start this, for advice in error messages. */
  command?: string
  /** Receives every entry of the functions' logs. */
  onLog?: (entry: LogEntry) => void
  /** Only the default connection exists unless this is given. */
  connections?: Connections
  /** Replaces the deployed handlers. */
  handlers?: (env: FunctionEnv) => Promise<Handlers>
  /** The least time between two requests of one worker to Braze, in milliseconds. */
  spacingMs?: number
}

export type Local = {
  /** The base URL for senders. */
  url: string
  /** The window's URL for a browser, with the control token in it. */
  windowUrl: string
  brazeUrl: string
  /** Undefined with a real Braze. */
  simulator: BrazeSimulator | undefined
  queues: {
    /** Messages that are not delivered yet. */
    waiting: () => { profiles: number; events: number }
    /** Lists both dead-letter queues. Reading removes nothing. */
    deadLetters: () => LocalDeadLetter[]
    /**
     * Resolves when everything accepted is delivered or parked. Rejects after 30 seconds or the given time.
     */
    waitUntilQuiet: (timeoutMs?: number) => Promise<void>
  }
  /** What the functions have measured since the start; `logStore` has what they logged. */
  measurements: Measurements
  logStore: LogStore
  /** Sets a secret, like a rotation: `BRAZE_SECRET_ID` or `INBOUND_SECRET_ID`. */
  putSecret: (id: string, value: unknown) => void
  /** @returns false if a batch was still running after some seconds. It is delivered at the next start. */
  stop: () => Promise<boolean>
}

/**
 * Runs the deployed handlers over loopback sockets, with local stand-ins for everything around them in AWS.
 * @throws StartProblem if the port or the state folder is in use.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const {
    port,
    token,
    stateDir,
    print,
    paint = plain,
    onLog,
    spacingMs = SPACING_MS,
    command = 'npm start',
    connections = Connections.parse({}),
  } = options
  const closers: (() => Promise<void> | void)[] = []
  const shutdown = new AbortController()
  const traffic: { gateway?: Gateway; deliveries?: Deliveries } = {}
  // The gateway ends first, so that nothing new comes in while the running batches end.
  const stop = async () => {
    await traffic.gateway?.stop()
    shutdown.abort()
    const inTime = (await traffic.deliveries?.stop()) ?? true
    for (const close of closers.reverse()) await close()
    return inTime
  }
  const onError = (what: string) => print(errorLine(what, new Date(), paint))

  try {
    const { braze, core, queues } = await openState(options, command, closers)
    const sqs = new SQSClient({
      region: LOCAL_REGION,
      endpoint: queues.endpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    closers.push(() => sqs.destroy())
    const secrets = await startSecrets({
      [INBOUND_SECRET_ID]: { token },
      ...connectionSecrets(connections, token),
      [LOG_KEY_SECRET_ID]: { key: randomBytes(LOG_KEY_BYTES).toString('base64url') },
      [BRAZE_SECRET_ID]: { apiKey: braze.apiKey, restEndpoint: braze.restEndpoint },
    })
    closers.push(secrets.stop)
    const connectionsFile = join(stateDir, 'connections.json')
    writeFileSync(connectionsFile, JSON.stringify(connections))
    const markerDir = mkdtempSync(join(tmpdir(), 'bridge-markers-'))
    closers.push(() => rmSync(markerDir, { recursive: true, force: true }))
    const logStore = openLogStore()
    const measurements = openMeasurements(Date.now)
    const counters = startLiveCounters()
    const onEntry = (entry: LogEntry) => {
      onLog?.(entry)
      logStore.add(entry, Date.now())
      counters.take(entry, Date.now())
      const line = logLine(entry, new Date(), paint)
      if (line !== undefined) print(line)
    }
    closers.push(interceptLogEntries(console, onEntry, measurements.add))

    const env = functionEnv({
      queues,
      connectionsFile,
      secretsEndpoint: secrets.endpoint,
      markerDir,
      spacingMs,
    })
    const { receiver, worker, exporter } = await (options.handlers ?? loadHandlers)(env)
    const common = { shutdown: shutdown.signal, now: Date.now }
    const gateway = await startGateway({
      port,
      invoke: {
        receiver: lambda({ name: 'receiver', handler: receiver, timeoutMs: RECEIVER_TIMEOUT_MS, ...common }),
        exporter: lambda({ name: 'exporter', handler: exporter, timeoutMs: RECEIVER_TIMEOUT_MS, ...common }),
      },
      localPage: deadLettersPage(
        () => listDeadLetters(queues),
        () => InboundSecret.parse(secrets.get(INBOUND_SECRET_ID)),
      ),
      now: Date.now,
      onAnswered: (answered) => print(requestLine(answered, new Date(), paint)),
      onError,
    })
    traffic.gateway = gateway
    const paused = openPausedQueues(stateDir)
    const deliveries = startDeliveries({
      sqs,
      queues,
      invoke: lambda({ name: 'worker', handler: worker, timeoutMs: WORKER_TIMEOUT_MS, ...common }),
      paused,
      onError,
    })
    traffic.deliveries = deliveries
    const window = openWindow({
      webhookUrl: gateway.url,
      sqs,
      braze,
      simulator: core,
      queues,
      connections,
      stateDir,
      env,
      secrets,
      counters,
      stop: shutdown.signal,
      onError,
    })
    const controlToken = randomBytes(CONTROL_TOKEN_BYTES).toString('base64url')
    const control = await startControl({
      port: portAbove(port, WINDOW_PORT_OFFSET),
      token: controlToken,
      parts: {
        isEnabled: (queue) => !paused.has(queue),
        enable: (queue, enabled) => deliveries.pause(queue, !enabled),
        groups: (queue) => queues.groups(queues[queue]),
        finished: (since) => finishedIn(logStore.entries(since)),
        window,
        now: Date.now,
        telemetry: { measurements, logStore },
      },
      onError,
    })
    closers.push(control.stop)
    closers.push(
      announce(stateDir, env, {
        webhookUrl: gateway.url,
        control: { url: control.url, token: controlToken },
      }),
    )
    return {
      url: gateway.url,
      windowUrl: `${control.url}/#${controlToken}`,
      brazeUrl: braze.restEndpoint,
      simulator: core,
      queues: {
        waiting: deliveries.waiting,
        deadLetters: () => listDeadLetters(queues),
        waitUntilQuiet: deliveries.waitUntilQuiet,
      },
      putSecret: secrets.put,
      measurements,
      logStore,
      stop,
    }
  } catch (error) {
    await stop()
    throw portProblem(error, port, { variable: 'PORT', value: port }, command) ?? error
  }
}

const connectionSecrets = (connections: Connections, token: string) =>
  Object.fromEntries(
    additionalTokens(connections, token).map(({ name, token }) => [INBOUND_SECRET_PREFIX + name, { token }]),
  )
