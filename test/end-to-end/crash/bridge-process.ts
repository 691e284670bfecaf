import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))

/** Lines that are kept to say why it ended by itself. */
const RECENT_LINES = 40

/** The header's first line but one: from then on requests are taken. */
const READY = /^ {2}Webhooks /

/** A stop waits five seconds each for senders and for batches that are under way. */
const STOP_TIMEOUT_MS = 30_000

export type BridgeProcess = {
  /** Starts at once. Resolves when the process has said where to send to; never, where it ends before. */
  start: () => Promise<void>
  /** Whether the present process has said where to send to. */
  isReady: () => boolean
  /** `kill -9`. Resolves when nothing of the process is left. */
  kill: () => Promise<void>
  /** Ctrl-C. Rejects where it does not end. */
  stop: () => Promise<void>
  /** Kills without waiting: for the end of this process. */
  abandon: () => void
}

type Running = { child: ChildProcess; closed: Promise<void>; ready: boolean; wanted: boolean }

/**
 * `npm start` as a process group of its own, since npm puts a shell and Node below itself: a signal to the group
 * reaches all of them at once, and no other process.
 * @param onDeath called when it ends by itself.
 * @param onTrouble called with each line that tells of trouble.
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
    // Not `exit`, which tells of npm alone: its output closes when the last process that holds it has ended.
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
    // Until its end has been noticed, its id is no other's.
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
