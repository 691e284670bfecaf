import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** The stream on which the operator types. */
export type Keyboard = NodeJS.ReadableStream & { isTTY?: boolean }

const STDIN = '-'

/**
 * Reads a key from a file, or with `-` from standard input, without showing it if it is a terminal.
 * @returns undefined if there is none: the file cannot be read, or the operator pressed Ctrl-C.
 */
export async function readKey(
  file: string,
  keyboard: Keyboard,
  ask: (prompt: string) => void,
): Promise<string | undefined> {
  if (file === STDIN) return keyboard.isTTY ? typed(keyboard, ask) : text(keyboard)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function typed(keyboard: Keyboard, ask: (prompt: string) => void): Promise<string | undefined> {
  // readline echoes what is typed, so its output is discarded.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: keyboard, output: nowhere, terminal: true })
  ask('The new Braze key (it is not shown): ')
  return new Promise((resolve) => {
    const end = (key?: string) => {
      lines.close()
      ask('\n')
      resolve(key)
    }
    lines.once('line', end)
    lines.once('SIGINT', () => end())
  })
}
