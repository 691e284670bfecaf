import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { parseDuration } from './duration.ts'
import { didYouMean } from './suggest.ts'

/** Parsers for the values of options. Each throws `InvalidArgumentError`, whose text ends with a full stop. */

/** An option that takes one of a few words. */
export const choice = <Flags extends string, Name extends string>(
  flags: Flags,
  description: string,
  names: readonly Name[],
) => new Option(flags, description).choices(names).argParser(oneOf(names))

export const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name => {
    const name = names.find((candidate) => candidate === text)
    if (name !== undefined) return name
    throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.${didYouMean(text, names)}`)
  }

/** Reads a whole number from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }

/** @returns milliseconds. */
export function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new InvalidArgumentError('It must be a number followed by m, h or d, as in 90m, 24h or 3d.')
}

/** Reads an option that may be repeated and may hold several values, separated by commas. */
export const list = (text: string, previous: readonly string[] = []): string[] => [
  ...previous,
  ...text.split(',').map((value) => value.trim()),
]
