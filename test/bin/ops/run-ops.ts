import { plain } from '../../../bin/cli/paint.ts'
import { main } from '../../../bin/ops/main.ts'
import { NO_PROGRESS } from '../../no-progress.ts'

/** Runs `npm run ops -- …` in this process. */
export async function runOps(
  argv: readonly string[],
  stop = new AbortController().signal,
  onLine: (line: string) => void = () => undefined,
) {
  const out: string[] = []
  const errors: string[] = []
  const code = await main({
    argv,
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => {
      out.push(line)
      onLine(line)
    },
    error: (line) => errors.push(line),
    startProgress: NO_PROGRESS,
    stop,
  })
  return { code, out, errors }
}
