import { printable } from '../explain/printable.ts'
import type { DeadLetter } from '../redrive/dead-letter.ts'

/** The content of a dead letter, including personal data, shortened to fit the listing. */
export type DeadLetterSample = { messageId: string; reason: string; content: string }

const MAX_CHARACTERS = 400

export function sampleOf({ messageId, reason = '', content, body }: DeadLetter): DeadLetterSample {
  const text =
    content.kind === 'message'
      ? JSON.stringify(content.message.records)
      : content.kind === 'rows'
        ? JSON.stringify(content.envelope.rows.map(({ row }) => row))
        : body
  return { messageId, reason: cut(reason), content: cut(text) }
}

function cut(text: string): string {
  const line = printable(text)
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line
}
