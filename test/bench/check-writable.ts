import { closeSync, openSync } from 'node:fs'

/**
 * Checks whether a file can be written, without changing its content. Creates it empty if it does not exist.
 * @returns the problem as a sentence, or undefined if there is none.
 */
export function checkWritable(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'a'))
    return undefined
  } catch (error) {
    return `${file} can't be written: ${error instanceof Error ? error.message : String(error)}.`
  }
}
