import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'
export type Paint = (colour: Colour, text: string) => string

/** Colours for a terminal that shows them; a file, a pipe and `NO_COLOR` get plain text. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream })

export const plain: Paint = (_, text) => text
