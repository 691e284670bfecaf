import { formatCount } from './plural.ts'

/** Shows the operator how far a long operation has progressed. */
export type ProgressReporter = {
  /** @param done how much of the total is done. @param what a short note beside it, without personal data, with the most important figure first. */
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

/** A shorter bar shows nothing. */
const LEAST_CELLS = 4

const REDRAW_MS = 100

/** Assumed for a terminal that does not report its width. */
const USUAL_COLUMNS = 80

/** Returns to the beginning of the line and clears it: CR and EL of ECMA-48. */
const CLEARED = '\r\u001b[K'

function bar(total: number, title: string, screen: Screen, now: () => number): ProgressReporter {
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    to: (done, what) => {
      if (now() - drawnAt < REDRAW_MS) return
      drawnAt = now()
      // A line that wraps cannot be cleared.
      const columns = (screen.columns ?? USUAL_COLUMNS) - 1
      screen.write(`${CLEARED}${fittingLine(done, total, title, what, columns)}`)
    },
    end: (what) => screen.write(`${CLEARED}${title}: ${what}\n`),
  }
}

/** The bar shrinks first. Then the title is left out, and then the share, until only the note is left. */
function fittingLine(done: number, total: number, title: string, what: string, columns: number): string {
  const figures = `${formatShare(done, total)}  ${what}`
  const cells = Math.min(BAR_CELLS, columns - `${title}  ${figures}`.length)
  if (cells >= LEAST_CELLS) return `${title} ${cellsOf(share(done, total), cells)} ${figures}`
  const line = [`${title} ${figures}`, figures].find(({ length }) => length <= columns)
  return line ?? withoutEnd(what, columns)
}

function cellsOf(share: number, cells: number): string {
  const filled = Math.floor(share * cells)
  return `${'█'.repeat(filled)}${'░'.repeat(cells - filled)}`
}

/** Leaves out whole parts at the end, because half of a number would be another number. */
function withoutEnd(what: string, columns: number): string {
  let parts = what.split(', ')
  while (parts.length > 1 && parts.join(', ').length > columns) parts = parts.slice(0, -1)
  return parts.join(', ').slice(0, columns)
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
  return `${percent} %, ${formatCount(done)} of ${formatCount(total)}`
}
