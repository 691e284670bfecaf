import { type Io, type Main, WRONG_USAGE } from './io.ts'
import { printable } from './lines.ts'
import { paintFor } from './paint.ts'
import { startProgress } from './progress.ts'
import { stopSignals } from './stop-signals.ts'

/** Only the code of the chosen program is loaded. */
const PROGRAMS: Readonly<Record<string, () => Promise<{ main: Main }>>> = {
  app: () => import('../app.ts'),
  bench: () => import('../proof/bench/main.ts'),
  cost: () => import('../cost/main.ts'),
  deploy: () => import('../deploy/main.ts'),
  openapi: () => import('../openapi/main.ts'),
  ops: () => import('../ops/main.ts'),
  schema: () => import('../schema/main.ts'),
  start: () => import('../local/main.ts'),
}

/** The exit code of a shell for a process that Ctrl-C ended. */
const FORCED = 130

const USUAL_COLUMNS = 80

/** Runs a program in this process, and ends the process with the program's exit code. */
export async function run([name = '', ...argv]: readonly string[]): Promise<void> {
  const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
  if (!program) {
    console.error(
      `There is no program ${printable(name)}. Known programs: ${Object.keys(PROGRAMS).join(', ')}.`,
    )
    process.exit(WRONG_USAGE)
  }
  // Node warns that its SQLite module is experimental. The user can do nothing about that.
  process.removeAllListeners('warning')
  const { main } = await program()
  process.exit(await main(processIo(argv)))
}

function processIo(argv: readonly string[]): Io {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  void stopSignals(
    (signal, listener) => process.on(signal, listener),
    Date.now,
    () => process.exit(FORCED),
  ).then(stop)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stopWhenClosed(stop))
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY
  return {
    argv,
    env: process.env,
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    paint: paintFor(process.stdout),
    columns: process.stdout.columns ?? USUAL_COLUMNS,
    startProgress: (total, title) => startProgress(total, title, progressScreen(), Date.now),
    ...(isTerminal && { ask }),
    stop: stopping.signal,
  }
}

/**
 * A reader such as `head` closes the pipe when it has read enough. The program then ends as after Ctrl-C: a
 * change that has begun is completed, and what nobody reads is dropped.
 */
const stopWhenClosed = (stop: () => void) => (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  stop()
}

/** A dumb terminal, such as that of an editor, cannot clear a line, so it gets plain lines like a file. */
const progressScreen = () => ({
  isTTY: process.stderr.isTTY && process.env.TERM !== 'dumb',
  columns: process.stderr.columns,
  write: (text: string) => process.stderr.write(text),
})

/** The question goes to the error stream, so that the output of the command can be piped. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
