import { randomBytes } from 'node:crypto'
import { Connections } from '../../functions/shared/connection.ts'
import { WORKER_TIMEOUT_SECONDS } from '../../functions/shared/limits.ts'
import { InboundSecret } from '../../functions/shared/secrets.ts'
import { routesOf } from '../../lib/routes.ts'
import { type Paint, plain } from '../cli/paint.ts'
import { announce } from './announce.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import { type ConnectionToken, connectionTokens } from './connection-tokens.ts'
import { finishedIn } from './control/answer.ts'
import { startControl } from './control/server.ts'
import { deadLettersPage, type LocalDeadLetter, listDeadLetters } from './dead-letters.ts'
import { type Deliveries, openPausedQueues, startDeliveries } from './deliveries.ts'
import { type FunctionEnv, INBOUND_SECRET_ID, SPACING_MS } from './function-env.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { randomToken } from './guard.ts'
import { type Handlers, lambda, loadHandlers } from './invoke.ts'
import { startLiveCounters } from './live-counters.ts'
import { errorLine, logLine, requestLine } from './live-lines.ts'
import { interceptLogEntries, type LogEntry, type LogStore, openLogStore } from './log-entries.ts'
import { type Measurements, openMeasurements } from './measurements.ts'
import { type Aws, openAws } from './open-aws.ts'
import { openWindow } from './open-window.ts'
import { type LocalSettings, portAbove } from './settings.ts'
import { portProblem } from './state.ts'
import { WINDOW_PORT_OFFSET } from './variables.ts'

/** The functions' timeouts in the stack. API Gateway itself waits at most 30 seconds for an answer. */
const RECEIVER_TIMEOUT_MS = 30_000
const WORKER_TIMEOUT_MS = WORKER_TIMEOUT_SECONDS * 1_000

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
  /** `queues.profiles.deliveryDelaySeconds`; 0 unless set. */
  profilesDelaySeconds?: number
}

export type Local = {
  /** The base URL for senders. */
  url: string
  /** The window's URL for a browser, with the control token in it. */
  windowUrl: string
  brazeUrl: string
  /** The tokens with which senders authenticate, by connection. */
  tokens: readonly ConnectionToken[]
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

/** What the steps of a start share. */
type Start = LocalOptions & {
  paint: Paint
  command: string
  connections: Connections
  tokens: readonly ConnectionToken[]
  spacingMs: number
  profilesDelaySeconds: number
  onError: (what: string) => void
  /** Aborted when everything stops. */
  shutdown: AbortSignal
  /** Receives a function for each part that must be closed. They are called in reverse order. */
  closers: (() => Promise<void> | void)[]
}

/**
 * Runs the deployed handlers over loopback sockets, with local stand-ins for everything around them in AWS.
 * @throws StartProblem if a port or the state folder cannot be used.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { port, print, paint = plain, command = 'npm start', connections = Connections.parse({}) } = options
  const { spacingMs = SPACING_MS, profilesDelaySeconds = 0 } = options
  const tokens = connectionTokens(connections, options.token, randomBytes)
  const closers: Start['closers'] = []
  const shutdown = new AbortController()
  const onError = (what: string) => print(errorLine(what, new Date(), paint))
  const start: Start = {
    ...{ ...options, paint, command, connections, tokens, spacingMs, profilesDelaySeconds },
    ...{ onError, shutdown: shutdown.signal, closers },
  }
  const traffic: { gateway?: Gateway; deliveries?: Deliveries } = {}
  // The gateway ends first, so that nothing new comes in while the running batches end.
  const stop = async () => {
    await traffic.gateway?.stop()
    shutdown.abort()
    const inTime = (await traffic.deliveries?.stop()) ?? true
    for (const close of closers.reverse()) await close()
    return inTime
  }
  try {
    const aws = await openAws(start)
    const observed = observe(start)
    const handlers = await (options.handlers ?? loadHandlers)(aws.env)
    traffic.gateway = await openGateway(start, aws, handlers)
    traffic.deliveries = openDeliveries(start, aws, handlers)
    const { gateway, deliveries } = traffic
    const windowUrl = await openControl(start, aws, observed, { gateway, deliveries })
    const { queues, braze, simulator, secrets } = aws
    return {
      url: gateway.url,
      windowUrl,
      tokens,
      brazeUrl: braze.restEndpoint,
      simulator,
      queues: {
        waiting: deliveries.waiting,
        deadLetters: () => listDeadLetters(queues),
        waitUntilQuiet: deliveries.waitUntilQuiet,
      },
      putSecret: secrets.put,
      measurements: observed.measurements,
      logStore: observed.logStore,
      stop,
    }
  } catch (error) {
    await stop()
    throw portProblem(error, port, { variable: 'PORT', value: port }, command) ?? error
  }
}

/** Keeps what the functions log and measure, and prints the live lines. */
function observe({ onLog, print, paint, closers }: Start) {
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
  return { logStore, measurements, counters }
}

function openGateway(
  { port, connections, print, paint, shutdown, onError }: Start,
  { queues, secrets }: Aws,
  { receiver, exporter }: Handlers,
): Promise<Gateway> {
  const common = { timeoutMs: RECEIVER_TIMEOUT_MS, shutdown, now: Date.now }
  return startGateway({
    port,
    routes: routesOf(connections),
    invoke: {
      receiver: lambda({ name: 'receiver', handler: receiver, ...common }),
      exporter: lambda({ name: 'exporter', handler: exporter, ...common }),
    },
    localPage: deadLettersPage(
      () => listDeadLetters(queues),
      () => InboundSecret.parse(secrets.get(INBOUND_SECRET_ID)),
    ),
    now: Date.now,
    onAnswered: (answered) => print(requestLine(answered, new Date(), paint)),
    onError,
  })
}

function openDeliveries(
  { stateDir, shutdown, onError }: Start,
  { sqs, queues }: Aws,
  { worker: handler }: Handlers,
): Deliveries {
  const timeoutMs = WORKER_TIMEOUT_MS
  const invoke = lambda({ name: 'worker', handler, timeoutMs, shutdown, now: Date.now })
  return startDeliveries({ sqs, queues, invoke, paused: openPausedQueues(stateDir), onError })
}

/**
 * Starts the control address with the window, and announces it in the state folder.
 * @returns the URL of the window, with the control token in it.
 */
async function openControl(
  start: Start,
  aws: Aws,
  { logStore, measurements, counters }: ReturnType<typeof observe>,
  { gateway, deliveries }: { gateway: Gateway; deliveries: Deliveries },
): Promise<string> {
  const { port, stateDir, connections, shutdown, onError, closers } = start
  const { queues, env, credentials } = aws
  const webhookUrl = gateway.url
  const token = randomToken()
  const control = await startControl({
    port: portAbove(port, WINDOW_PORT_OFFSET),
    token,
    parts: {
      isEnabled: (queue) => !deliveries.isPaused(queue),
      enable: (queue, enabled) => deliveries.pause(queue, !enabled),
      groups: (queue) => queues.groups(queues[queue]),
      finished: (since) => finishedIn(logStore.entries(since)),
      window: openWindow({ ...aws, webhookUrl, connections, stateDir, counters, stop: shutdown, onError }),
      now: Date.now,
      telemetry: { measurements, logStore },
    },
    onError,
  })
  closers.push(control.stop)
  closers.push(
    announce(stateDir, env, {
      webhookUrl,
      control: { url: control.url, token },
      awsCredentials: credentials,
    }),
  )
  return `${control.url}/#${token}`
}
