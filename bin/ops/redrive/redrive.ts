import type { QueueName } from '../../../functions/shared/record.ts'
import { type HandedLetter, openLetter } from './letter.ts'
import { LISTED_SECONDS, type ListDeps, list } from './list.ts'
import { type Choice, goesBack, mustBeTakenApart, type PlannedLetter, toPlan } from './plan.ts'
import { type PutBack, type PutBackDeps, putBack } from './put-back.ts'
import { replacementsOf } from './replacements.ts'
import { takeApart } from './take-apart.ts'
import { tellListing } from './tell-listing.ts'
import { tellOutcome } from './tell-outcome.ts'
import { tellPlan } from './tell-plan.ts'
import { removeTwins } from './twins.ts'

export type RedriveOptions = Choice & {
  queues: readonly QueueName[]
  /** Do it; else it is only shown. */
  yes: boolean
  /** Show every letter, with what it holds of people. */
  show: boolean
}

export type RedriveDeps = ListDeps &
  PutBackDeps & {
    /** How many letters are hidden at this moment, those of this run included. SQS knows it roughly. */
    countHidden: (queues: readonly QueueName[]) => Promise<number>
    /** Gets the lines for the person at the keyboard. */
    out: (line: string) => void
  }

export type Redriven = PutBack & {
  /** What stood in the dead-letter queues at first, and what was decided about it. */
  plan: readonly PlannedLetter[]
  /** All that was to go back went; true where nothing was to. */
  complete: boolean
}

/** Nothing is begun in the last minute in which the letters are still ours. */
const WITHIN_MS = (LISTED_SECONDS - 60) * 1_000

/** One is enough, unless letters come in meanwhile that overtake others. */
const MAX_ROUNDS = 5

/** Not zero: the local emulator loses a message whose visibility is set to that. */
const RELEASED_SECONDS = 1

/**
 * Lists the dead letters, decides what goes back, says so, and with `yes` does it. Whatever is not put back is visible
 * again afterwards. What goes back counts as accepted anew: it comes after everything that is in its lane by now.
 * @throws where SQS can't be asked; what can't be sent or deleted is told in the outcome.
 */
export async function redrive(options: RedriveOptions, deps: RedriveDeps): Promise<Redriven> {
  const until = deps.now() + WITHIN_MS
  const held = new Map<string, HandedLetter>()
  try {
    const listing = await list(options.queues, deps, held)
    const hidden = await deps.countHidden(options.queues)
    const plan = decide(held, options, deps)
    for (const line of [...tellPlan(plan, options), ...tellListing(listing, hidden - held.size)])
      deps.out(line)
    if (listing === 'stopped') return { ...NOTHING, plan, complete: false }
    const outcome = options.yes ? await carryOut(plan, held, until, options, deps) : NOTHING
    for (const line of tellOutcome(plan, outcome, options, deps.stop.aborted)) deps.out(line)
    return { ...outcome, plan }
  } finally {
    await release([...held.values()], deps)
  }
}

type Outcome = PutBack & { complete: boolean }
const NOTHING: Outcome = { done: new Set(), begun: new Set(), complete: true }

/** What takes the place of a letter that was named is meant too, and has a message id that nobody knows yet. */
const withReplacements = (
  letters: readonly string[],
  parts: readonly PlannedLetter[],
  { settings, newId }: RedriveDeps,
) =>
  letters.length === 0
    ? []
    : parts
        .filter(({ meant }) => meant)
        .flatMap((planned) => replacementsOf(planned, settings, newId).map(({ dedupId }) => dedupId))
        .concat(letters)

const decide = (held: ReadonlyMap<string, HandedLetter>, options: RedriveOptions, deps: RedriveDeps) =>
  toPlan([...held.values()].map(openLetter), options, deps.now(), deps.settings)

/**
 * First takes apart what goes back in part only. Only then may anything go back: once a later letter is gone, nobody
 * could see any more what it has overtaken.
 */
async function carryOut(
  first: readonly PlannedLetter[],
  held: Map<string, HandedLetter>,
  until: number,
  options: RedriveOptions,
  deps: RedriveDeps,
): Promise<Outcome> {
  const failed = { ...NOTHING, complete: false }
  let plan = first
  let choice = options
  if (!plan.some(goesBack)) return NOTHING
  for (let round = 0; plan.some(mustBeTakenApart); round++) {
    const parts = plan.filter(mustBeTakenApart)
    if (round === MAX_ROUNDS) return failed
    if (!(await takeApart(parts, until, deps))) return failed
    for (const { letter } of parts) held.delete(letter.handle)
    if ((await list(options.queues, deps, held)) === 'stopped') return failed
    choice = { ...choice, letters: withReplacements(choice.letters, parts, deps) }
    plan = decide(held, choice, deps)
  }
  const going = plan.filter(goesBack)
  const result = await putBack(going, until, deps)
  const gone = [...result.done].map(({ letter }) => letter)
  for (const { handle } of gone) held.delete(handle)
  if (gone.length > 0) await removeTwins(gone, options.queues, deps, held)
  return { ...result, complete: result.done.size === going.length }
}

async function release(letters: readonly HandedLetter[], { hide }: RedriveDeps): Promise<void> {
  for (const ofQueue of Map.groupBy(letters, ({ queue }) => queue).values())
    await hide(ofQueue, RELEASED_SECONDS)
}
