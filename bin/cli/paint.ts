import { styleText } from 'node:util'
import { printable } from './lines.ts'

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'
/** Styles the text of one line. */
export type Paint = (colour: Colour, text: string) => string

/**
 * Makes the text printable, and colors it if the stream is a terminal that supports it. A file, a pipe or
 * `NO_COLOR` gets plain text.
 */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, printable(text), { stream })

export const plain: Paint = (_, text) => printable(text)
