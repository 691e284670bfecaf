/** The result of one check. */
export type Finding = {
  /** `note`: worth knowing, but nothing that has to be fixed. */
  verdict: 'ok' | 'note' | 'problem'
  /** The subject of the check, in a few words. */
  about: string
  /** The current state, or what is wrong with it. Contains no secrets. */
  says: string
  /** What to do now. */
  next?: string
}

export const ok = (about: string, says: string): Finding => ({ verdict: 'ok', about, says })

export const note = (about: string, says: string, next?: string): Finding => ({
  verdict: 'note',
  about,
  says,
  ...(next !== undefined && { next }),
})

export const problem = (about: string, says: string, next: string): Finding => ({
  verdict: 'problem',
  about,
  says,
  next,
})

export const isProblemFinding = ({ verdict }: Finding) => verdict === 'problem'

const MARKS: Readonly<Record<Finding['verdict'], string>> = { ok: 'ok', note: '--', problem: '!!' }

/** "Event source profiles" is the longest of the usual subjects. */
const ABOUT_WIDTH = 22

export function formatFinding({ verdict, about, says, next }: Finding): string[] {
  const line = `${MARKS[verdict]}  ${about.padEnd(ABOUT_WIDTH)}  ${says}`
  return next === undefined ? [line] : [line, `    ${''.padEnd(ABOUT_WIDTH)}  Next: ${next}`]
}
