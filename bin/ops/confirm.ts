import type { Io } from '../cli/io.ts'
import type { Target } from './target.edge.ts'

/**
 * Asks a person at a terminal for the stage's name before something is done that cannot be undone. Only
 * stages that keep their data (`keepData` in cdk.json) are asked about. Scripts are not asked.
 * @param action what would be done, as in `send 3 files to`.
 * @param yes whether the question is skipped.
 * @returns whether to go on.
 */
export async function isConfirmed(
  action: string,
  { protectedStage }: Pick<Target, 'protectedStage'>,
  { ask, error }: Pick<Io, 'ask' | 'error'>,
  yes: boolean,
): Promise<boolean> {
  if (protectedStage === undefined || !ask || yes) return true
  const answer = await ask(`Type ${protectedStage} to ${action} the stage ${protectedStage}: `)
  if (answer.trim() === protectedStage) return true
  error('Nothing was changed. --yes skips this question.')
  return false
}
