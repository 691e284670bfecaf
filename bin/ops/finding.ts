/** The result of one check. */
export type Finding = {
  /** `note`: worth knowing, but nothing that has to be fixed. */
  verdict: 'ok' | 'note' | 'problem'
  /** The subject of the check, in a few words. */
  about: string
  /** The current state, or what is wrong with it. Contains no secrets. */
  says: string
  /** What to do now. */
  hint?: string
}

export const ok = (about: string, says: string): Finding => ({ verdict: 'ok', about, says })

export const note = (about: string, says: string, hint?: string): Finding => ({
  verdict: 'note',
  about,
  says,
  ...(hint !== undefined && { hint }),
})

export const problem = (about: string, says: string, hint: string): Finding => ({
  verdict: 'problem',
  about,
  says,
  hint,
})

export const isProblemFinding = ({ verdict }: Finding) => verdict === 'problem'

const MARKS: Readonly<Record<Finding['verdict'], string>> = { ok: 'ok', note: '--', problem: '!!' }

/** "Event source profiles" is the longest of the usual subjects. */
const ABOUT_WIDTH = 22

/** The hint has a line of its own, because it may contain a command line that is copied. */
export function formatFinding({ verdict, about, says, hint }: Finding): string[] {
  const line = `${MARKS[verdict]}  ${about.padEnd(ABOUT_WIDTH)}  ${says}`
  return hint === undefined ? [line] : [line, `    Next: ${hint}`]
}
