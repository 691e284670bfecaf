/** Shows the operator how far a long operation has progressed. */
export type ProgressReporter = {
  /** @param done how much of the total is done. @param what a short note beside it, without personal data. */
  to: (done: number, what: string) => void
  /** Must be called however the operation ends. @param what how it ended. */
  end: (what: string) => void
}
export type StartProgress = (total: number, title: string) => ProgressReporter

/** The part of an output stream that progress needs: whether it is a terminal, and its width. */
export type Screen = { isTTY?: boolean; columns?: number; write: (text: string) => unknown }

/**
 * Shows a bar on a terminal. Elsewhere (CI, a pipe, a file) it writes a plain line at every tenth. It does
 * not read the keyboard, so that Ctrl-C reaches the command.
 * @param now milliseconds, of any clock.
 */
export function startProgress(
  total: number,
  title: string,
  screen: Screen,
  now: () => number,
): ProgressReporter {
  return screen.isTTY ? bar(total, title, screen, now) : tenths(total, title, screen)
}

const BAR_CELLS = 24
const REDRAW_MS = 100

/** Assumed for a terminal that does not report its width. */
const USUAL_COLUMNS = 80

/** Returns to the beginning of the line and clears it: CR and EL of ECMA-48. */
const CLEARED = '\r\u001b[K'

function bar(total: number, title: string, screen: Screen, now: () => number): ProgressReporter {
  let drawnAt = Number.NEGATIVE_INFINITY
  const line = (done: number, what: string) => {
    const filled = Math.floor(share(done, total) * BAR_CELLS)
    const cells = `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`
    // The bar must fit on one line, because a line that wraps cannot be cleared.
    return `${title} ${cells} ${formatShare(done, total)}  ${what}`.slice(
      0,
      (screen.columns ?? USUAL_COLUMNS) - 1,
    )
  }
  return {
    to: (done, what) => {
      if (now() - drawnAt < REDRAW_MS) return
      drawnAt = now()
      screen.write(`${CLEARED}${line(done, what)}`)
    },
    end: (what) => screen.write(`${CLEARED}${title}: ${what}\n`),
  }
}

function tenths(total: number, title: string, screen: Screen): ProgressReporter {
  let reported = 0
  return {
    to: (done, what) => {
      const tenth = Math.floor(share(done, total) * 10)
      if (tenth <= reported) return
      reported = tenth
      screen.write(`${title}: ${formatShare(done, total)}  ${what}\n`)
    },
    end: (what) => screen.write(`${title}: ${what}\n`),
  }
}

const share = (done: number, total: number) => (total > 0 ? Math.min(done / total, 1) : 1)

function formatShare(done: number, total: number): string {
  const percent = Math.floor(share(done, total) * 100)
  return `${percent} %, ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
}
