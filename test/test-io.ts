import type { Io } from '../bin/cli/io.ts'
import { plain } from '../bin/cli/paint.ts'
import { NO_PROGRESS } from './no-progress.ts'

/** An `Io` that collects what a program prints, line by line. No person is at a terminal. */
export function createTestIo(argv: readonly string[], changed: Partial<Io> = {}) {
  const out: string[] = []
  const errors: string[] = []
  const io: Io = {
    argv,
    env: {},
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    paint: plain,
    columns: 80,
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
    ...changed,
  }
  return { io, out, errors }
}
