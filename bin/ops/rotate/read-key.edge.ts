import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Where a person types. */
export type Keyboard = NodeJS.ReadableStream & { isTTY?: boolean }

const STDIN = '-'

/**
 * Reads a key from a file, or with `-` from the keyboard without showing it, or from what is piped in.
 * @returns undefined where there is none: the file can't be read, or the person pressed Ctrl-C.
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
  // readline is what shows what is typed: it shows it to nobody.
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
