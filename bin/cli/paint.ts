import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'
export type Paint = (colour: Colour, text: string) => string

/**
 * Colors the text if the stream is a terminal that supports it. A file, a pipe or `NO_COLOR` gets plain text.
 */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream })

export const plain: Paint = (_, text) => text
