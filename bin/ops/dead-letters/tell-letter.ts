import { roughly } from '../duration.ts'
import { printable } from '../explain/printable.ts'
import type { HandedLetter } from '../redrive/letter.ts'
import { expiresAt } from './expiry.ts'

/** A letter as the console shows it: its attributes, and its body as it stands. */
export function tellLetter(letter: HandedLetter, now: number): string[] {
  const { queue, messageId, sentAt, attributes, body } = letter
  const expires = expiresAt(sentAt)
  return [
    `Message ID  ${messageId}, of ${queue}`,
    `Sent        ${new Date(sentAt).toISOString()}, ${roughly(now - sentAt)} ago; expires ${new Date(expires).toISOString()}`,
    ...Object.entries(attributes).map(([name, value]) => `${name.padEnd(11)} ${printable(value)}`),
    '',
    ...body.split('\n').map(printable),
  ]
}
