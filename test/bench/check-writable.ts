import { closeSync, openSync } from 'node:fs'

/** @returns why a file can't be written, in a sentence, or undefined. What it holds stays; a new one is left empty. */
export function checkWritable(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'a'))
    return undefined
  } catch (error) {
    return `${file} can't be written: ${error instanceof Error ? error.message : String(error)}.`
  }
}
