import type { Settings } from '../../../functions/receiver/settings.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { HandedLetter, InHand } from '../redrive/letter.ts'
import { type ListDeps, type Listing, list, release } from '../redrive/list.ts'
import { type Archive, archived } from './archive.ts'
import { type Choice, isMeant } from './choose.ts'
import { toGroups } from './group.ts'
import { type Sample, sampleOf } from './sample.ts'
import { type Look, type Opened, type Seen, seenOf } from './seen.ts'
import { tellExport, tellGroups, tellLetter, toJson } from './tell.ts'

export type DeadLettersOptions = Choice & {
  /** Show some of what stands in them. */
  values: boolean
  /** For machines. */
  json: boolean
}

export type DeadLettersDeps = ListDeps & {
  /** Hides letters of one queue for so many seconds from now. */
  hide: (letters: readonly InHand[], seconds: number) => Promise<unknown>
  /** How many letters can be received, and how many are hidden, those of this run included. SQS knows it roughly. */
  count: (queues: readonly QueueName[]) => Promise<{ visible: number; hidden: number }>
  now: () => number
  settings: Settings
  /** Gets the lines for the person at the keyboard. */
  out: (line: string) => void
}

/** Only what is remembered of a letter is kept, which is little. */
const ANY_SIZE = Number.POSITIVE_INFINITY

/** Of each group so many letters are shown with what stands in them. */
const MAX_SAMPLES = 3

/**
 * Lists the dead letters, by what has happened to them. Looking deletes nothing, and leaves all of them visible.
 * @returns whether all were seen.
 */
export async function tellDeadLetters(options: DeadLettersOptions, deps: DeadLettersDeps): Promise<boolean> {
  const samples = new Map<string, Sample[]>()
  const look = await lookAt(options, deps, ({ seen, letter }) => {
    const before = samples.get(seen.code) ?? []
    if (options.values && before.length < MAX_SAMPLES) samples.set(seen.code, [...before, sampleOf(letter)])
  })
  const groups = toGroups(look.seen)
  for (const line of options.json
    ? toJson(look, groups, options.queues)
    : tellGroups(look, groups, samples, deps.now()))
    deps.out(line)
  return look.listing === 'complete'
}

/**
 * Writes the letters into a file, one a line.
 * @returns whether all are in it.
 */
export async function exportDeadLetters(
  options: Choice,
  archive: Archive,
  file: string,
  deps: DeadLettersDeps,
): Promise<boolean> {
  let done = false
  try {
    const look = await lookAt(options, deps, ({ letter }) => archive.write(archived(letter)))
    const { visible, hiddenElsewhere } = look.unseen
    if (look.listing !== 'stopped') {
      archive.finish()
      done = true
    }
    for (const line of tellExport(look, file)) deps.out(line)
    return look.listing === 'complete' && visible === 0 && hiddenElsewhere <= 0
  } finally {
    if (!done) archive.discard()
  }
}

/**
 * Shows one letter as the console does.
 * @returns whether it was found.
 */
export async function showDeadLetter(
  messageId: string,
  queues: readonly QueueName[],
  deps: DeadLettersDeps,
): Promise<boolean> {
  const found = new AbortController()
  const stop = AbortSignal.any([deps.stop, found.signal])
  let shown: HandedLetter | undefined
  await holding(queues, { ...deps, stop }, (letter) => {
    if (letter.messageId !== messageId) return
    shown = letter
    found.abort()
  })
  const lines = shown ? tellLetter(shown, deps.now()) : [`No letter that can be seen now is ${messageId}.`]
  for (const line of lines) deps.out(line)
  return shown !== undefined
}

async function lookAt(
  choice: Choice,
  deps: DeadLettersDeps,
  onMeant: (opened: Opened) => void,
): Promise<Look> {
  const seen: Seen[] = []
  const now = deps.now()
  const { listing, total, counted } = await holding(choice.queues, deps, (letter) => {
    const opened = seenOf(letter, deps.settings)
    if (!isMeant(opened, choice, now)) return
    seen.push(opened.seen)
    onMeant(opened)
  })
  return {
    listing,
    total,
    seen,
    unseen: { visible: counted.visible, hiddenElsewhere: counted.hidden - total },
  }
}

/** Receives every letter once, and makes all visible again however it ends. */
async function holding(
  queues: readonly QueueName[],
  deps: DeadLettersDeps,
  onLetter: (letter: HandedLetter) => void,
): Promise<{ listing: Listing; total: number; counted: { visible: number; hidden: number } }> {
  const inHand: InHand[] = []
  const held = {
    set: (handle: string, letter: HandedLetter) => {
      inHand.push({ queue: letter.queue, handle })
      onLetter(letter)
    },
  }
  try {
    const listing = await list(queues, deps, held, ANY_SIZE)
    return { listing, total: inHand.length, counted: await deps.count(queues) }
  } finally {
    await release(inHand, deps.hide)
  }
}
