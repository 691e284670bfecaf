import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))

/** The number of output lines to keep, for the error message if the process ends by itself. */
const RECENT_LINES = 40

/** The second line of the startup header. The process accepts requests from then on. */
const READY = /^ {2}Webhooks /

/** A stop waits up to five seconds for senders and up to five for batches in progress. */
const STOP_TIMEOUT_MS = 30_000

export type BridgeProcess = {
  /** Starts the process at once. Resolves when it accepts requests, and never if it ends before that. */
  start: () => Promise<void>
  /** Whether the current process accepts requests. */
  isReady: () => boolean
  /** Sends SIGKILL. Resolves when no process of the group is left. */
  kill: () => Promise<void>
  /** Sends SIGINT, like Ctrl-C. Rejects if the process does not end. */
  stop: () => Promise<void>
  /** Sends SIGKILL without waiting, for use while this process exits. */
  abandon: () => void
}

type Running = { child: ChildProcess; closed: Promise<void>; ready: boolean; wanted: boolean }

/**
 * Runs `npm start` in its own process group, because npm starts a shell and Node as child processes. A signal
 * to the group reaches all of them at once, and no other process.
 * @param onUnexpectedExit called if the process ends by itself.
 * @param onWarning called with each warning line of the output.
 */
export function bridgeProcess(options: {
  env: Record<string, string>
  onUnexpectedExit: (why: Error) => void
  onWarning: (line: string) => void
}): BridgeProcess {
  const { env, onUnexpectedExit, onWarning } = options
  let running: Running | undefined

  const start = () => {
    const child = spawn('npm', ['start'], {
      cwd: PROJECT,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines: string[] = []
    // `exit` would report npm alone. `close` comes when the last process that holds the output has ended.
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const ready = Promise.withResolvers<void>()
    const started: Running = { child, closed, ready: false, wanted: true }
    const onLine = (line: string) => {
      lines.push(line)
      if (lines.length > RECENT_LINES) lines.shift()
      if (READY.test(line)) {
        started.ready = true
        ready.resolve()
      }
      if (line.slice(8).startsWith('  !  ')) onWarning(line)
    }
    for (const stream of [child.stdout, child.stderr]) eachLine(stream, onLine)
    child.once('error', onUnexpectedExit)
    child.once('close', () => {
      if (started.wanted) onUnexpectedExit(new Error(`npm start ended by itself:\n${lines.join('\n')}`))
    })
    running = started
    return ready.promise
  }

  const signal = (name: 'SIGKILL' | 'SIGINT') => {
    if (!running) return
    running.wanted = false
    const { pid, exitCode, signalCode } = running.child
    // The process id cannot belong to another process before Node has reported the exit.
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, name)
  }

  return {
    start,
    isReady: () => running?.ready ?? false,
    kill: async () => {
      signal('SIGKILL')
      await running?.closed
    },
    stop: async () => {
      signal('SIGINT')
      const late = AbortSignal.timeout(STOP_TIMEOUT_MS)
      const ended = await Promise.race([
        running?.closed.then(() => true),
        new Promise<boolean>((resolve) => late.addEventListener('abort', () => resolve(false))),
      ])
      if (ended === false) throw new Error('npm start did not end after Ctrl-C')
    },
    abandon: () => signal('SIGKILL'),
  }
}

function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
