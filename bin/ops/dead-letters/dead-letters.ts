import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterHandle, ReceivedDeadLetter } from '../redrive/dead-letter.ts'
import { type ListDeps, type Listing, receiveDeadLetters, releaseDeadLetters } from '../redrive/list.ts'
import { type Archive, archiveLine } from './archive.ts'
import { type DeadLetterFilter, matchesFilter } from './filter.ts'
import { formatDeadLetter, formatExport, formatGroups, toJson } from './format.ts'
import { toGroups } from './group.ts'
import {
  type DeadLetterFacts,
  type InspectedDeadLetter,
  inspectDeadLetter,
  type ScanResult,
} from './inspect.ts'
import { type DeadLetterSample, sampleOf } from './sample.ts'

export type DeadLettersOptions = DeadLetterFilter & {
  /** Show some of their content. */
  values: boolean
  /** Print JSON. */
  json: boolean
}

export type DeadLettersDeps = ListDeps & {
  /** Hides dead letters of one queue for `seconds` from now. */
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<unknown>
  /**
   * How many dead letters can be received, and how many are hidden, including those of this run. SQS gives
   * approximate numbers.
   */
  count: (queues: readonly QueueName[]) => Promise<{ visible: number; hidden: number }>
  now: () => number
  settings: ReceiverSettings
  /** Receives the output lines. */
  out: (line: string) => void
}

/** No limit on the size: only the few facts about each dead letter are kept in memory. */
const ANY_SIZE = Number.POSITIVE_INFINITY

/** How many dead letters of each group are shown with their content. */
const MAX_SAMPLES = 3

/**
 * Lists the dead letters, grouped by what happened to them. Listing deletes nothing and leaves all of them
 * visible.
 * @returns whether all dead letters were seen.
 */
export async function printDeadLetters(options: DeadLettersOptions, deps: DeadLettersDeps): Promise<boolean> {
  const samples = new Map<string, DeadLetterSample[]>()
  const scanned = await scan(options, deps, ({ seen: deadLetters, deadLetter }) => {
    const before = samples.get(deadLetters.code) ?? []
    if (options.values && before.length < MAX_SAMPLES)
      samples.set(deadLetters.code, [...before, sampleOf(deadLetter)])
  })
  const groups = toGroups(scanned.deadLetters)
  for (const line of options.json
    ? toJson(scanned, groups, options.queues)
    : formatGroups(scanned, groups, samples, deps.now()))
    deps.out(line)
  return scanned.listing === 'complete'
}

/**
 * Writes the dead letters to a file, one per line.
 * @returns whether the file holds all of them.
 */
export async function exportDeadLetters(
  options: DeadLetterFilter,
  archive: Archive,
  file: string,
  deps: DeadLettersDeps,
): Promise<boolean> {
  let done = false
  try {
    const scanned = await scan(options, deps, ({ deadLetter }) => archive.write(archiveLine(deadLetter)))
    const { visible, hiddenElsewhere } = scanned.unseen
    if (scanned.listing !== 'stopped') {
      archive.finish()
      done = true
    }
    for (const line of formatExport(scanned, file)) deps.out(line)
    return scanned.listing === 'complete' && visible === 0 && hiddenElsewhere <= 0
  } finally {
    if (!done) archive.discard()
  }
}

/**
 * Shows one dead letter as the AWS console does.
 * @returns whether it was found.
 */
export async function showDeadLetter(
  messageId: string,
  queues: readonly QueueName[],
  deps: DeadLettersDeps,
): Promise<boolean> {
  const found = new AbortController()
  const stop = AbortSignal.any([deps.stop, found.signal])
  let match: ReceivedDeadLetter | undefined
  await forEachDeadLetter(queues, { ...deps, stop }, (letter) => {
    if (letter.messageId !== messageId) return
    match = letter
    found.abort()
  })
  const lines = match
    ? formatDeadLetter(match, deps.now())
    : [`No letter that can be seen now is ${messageId}.`]
  for (const line of lines) deps.out(line)
  return match !== undefined
}

async function scan(
  filter: DeadLetterFilter,
  deps: DeadLettersDeps,
  onMatch: (inspected: InspectedDeadLetter) => void,
): Promise<ScanResult> {
  const seen: DeadLetterFacts[] = []
  const now = deps.now()
  const { listing, total, counted } = await forEachDeadLetter(filter.queues, deps, (deadLetter) => {
    const inspected = inspectDeadLetter(deadLetter, deps.settings)
    if (!matchesFilter(inspected, filter, now)) return
    seen.push(inspected.seen)
    onMatch(inspected)
  })
  return {
    listing,
    total,
    deadLetters: seen,
    unseen: { visible: counted.visible, hiddenElsewhere: counted.hidden - total },
  }
}

/** Receives every dead letter once, and makes all of them visible again even if something fails. */
async function forEachDeadLetter(
  queues: readonly QueueName[],
  deps: DeadLettersDeps,
  onDeadLetter: (deadLetter: ReceivedDeadLetter) => void,
): Promise<{ listing: Listing; total: number; counted: { visible: number; hidden: number } }> {
  const handles: DeadLetterHandle[] = []
  const sink = {
    set: (handle: string, deadLetter: ReceivedDeadLetter) => {
      handles.push({ queue: deadLetter.queue, handle })
      onDeadLetter(deadLetter)
    },
  }
  try {
    const listing = await receiveDeadLetters(queues, deps, sink, ANY_SIZE)
    return { listing, total: handles.length, counted: await deps.count(queues) }
  } finally {
    await releaseDeadLetters(handles, deps.hide)
  }
}
