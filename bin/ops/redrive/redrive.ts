import type { QueueName } from '../../../functions/shared/record.ts'
import { plural } from '../../local/plural.ts'
import { roughly } from '../duration.ts'
import type { StartProgress } from '../progress.ts'
import { type HandedLetter, openLetter } from './letter.ts'
import { LISTED_SECONDS, type ListDeps, list, RELEASED_SECONDS, release } from './list.ts'
import { nextRound, recordsGoing } from './next-round.ts'
import { paced } from './pace.ts'
import { goesBack, mustBeTakenApart, type PlannedLetter, type RedriveOptions, toPlan } from './plan.ts'
import { type PutBack, type PutBackDeps, putBack } from './put-back.ts'
import { replacementsOf } from './replacements.ts'
import { takeApart } from './take-apart.ts'
import { tellListing, tellOutcome, tellPlan } from './tell.ts'
import { removeTwins } from './twins.ts'

export type RedriveDeps = ListDeps &
  PutBackDeps & {
    /** How many letters can be received, and how many are hidden, those of this run included. SQS knows it roughly. */
    count: (queues: readonly QueueName[]) => Promise<{ visible: number; hidden: number }>
    startProgress: StartProgress
    /** Gets the lines for the person at the keyboard. */
    out: (line: string) => void
  }

/** Of the last round. */
export type Redriven = PutBack & {
  /** What stood in the dead-letter queues at first, and what was decided about it. */
  plan: readonly PlannedLetter[]
  /** All that was to go back went; true where nothing was to. */
  complete: boolean
  /** There is more than this round took. */
  more: boolean
}

/** Nothing is begun in the last minute in which the letters are still ours. */
const WITHIN_MS = (LISTED_SECONDS - 60) * 1_000

/** Of that time, for what SQS's own answers take. */
const SENDING_SHARE = 0.8

/** One is enough, unless letters come in meanwhile that overtake others. */
const MAX_ROUNDS = 5

const UNTIL_VISIBLE_MS = 2 * RELEASED_SECONDS * 1_000

/**
 * Puts back what may go, in as many rounds as it takes; without `yes` only says what would go. What comes in after the
 * start stays: it may be what was put back a moment ago and rejected once more.
 * @throws where SQS can't be asked; what can't be sent or deleted is told in the outcome.
 */
export async function redrive(options: RedriveOptions, deps: RedriveDeps): Promise<Redriven> {
  const at = deps.now()
  const written = new Set<string>()
  let last = await redriveRound(options, written, deps)
  while (options.yes && last.more && last.done.size > 0 && !deps.stop.aborted) {
    deps.out('\nThat was one round. The next one:')
    await deps.pause(UNTIL_VISIBLE_MS)
    last = await redriveRound({ ...options, parkedBefore: { at, except: written } }, written, deps)
  }
  if (!options.yes || !last.more || deps.stop.aborted) return last
  deps.out('More letters stand behind these, and can be seen only when some of these are gone.')
  return { ...last, complete: false }
}

/**
 * Lists the dead letters, decides what goes back, says so, and with `yes` does it. Whatever is not put back is visible
 * again afterwards. What goes back counts as accepted anew: it comes after everything that is in its lane by now.
 */
async function redriveRound(
  options: RedriveOptions,
  written: Set<string>,
  deps: RedriveDeps,
): Promise<Redriven> {
  const until = deps.now() + WITHIN_MS
  const held = new Map<string, HandedLetter>()
  try {
    const listing = await list(options.queues, deps, held)
    const { visible, hidden } = await deps.count(options.queues)
    const unseen = { visible, hiddenElsewhere: hidden - held.size }
    const plan = decide(held, options, deps)
    for (const line of [...tellPlan(plan, options), ...tellListing(listing, unseen, options)]) deps.out(line)
    if (listing === 'stopped') return { ...NOTHING, plan, complete: false }
    const outcome = options.yes ? await carryOut(plan, held, until, options, written, deps) : NOTHING
    const more = outcome.more || listing === 'cut short'
    for (const line of tellOutcome(plan, outcome, options, deps.stop.aborted)) deps.out(line)
    return { ...outcome, plan, more }
  } finally {
    await release([...held.values()], deps.hide)
  }
}

type Outcome = Omit<Redriven, 'plan'>
const NOTHING: Outcome = { done: new Set(), begun: new Set(), complete: true, more: false }

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
  written: Set<string>,
  deps: RedriveDeps,
): Promise<Outcome> {
  const failed = { ...NOTHING, complete: false }
  let plan = first
  let choice = options
  if (!plan.some(goesBack)) return NOTHING
  for (let round = 0; plan.some(mustBeTakenApart); round++) {
    const parts = plan.filter(mustBeTakenApart)
    if (round === MAX_ROUNDS) return failed
    if (!(await takeApart(parts, until, written, deps))) return failed
    for (const { letter } of parts) held.delete(letter.handle)
    if ((await list(options.queues, deps, held)) === 'stopped') return failed
    choice = { ...choice, letters: withReplacements(choice.letters, parts, deps) }
    plan = decide(held, choice, deps)
  }
  const all = plan.filter(goesBack)
  const going = nextRound(all, ((until - deps.now()) / 1_000) * SENDING_SHARE * options.rate)
  const result = await sendBack(going, until, options, deps)
  const gone = [...result.done].map(({ letter }) => letter)
  for (const { handle } of gone) held.delete(handle)
  if (gone.length > 0) await removeTwins(gone, options.queues, deps, held)
  return { ...result, complete: result.done.size === going.length, more: going.length < all.length }
}

async function sendBack(
  going: readonly PlannedLetter[],
  until: number,
  { rate }: RedriveOptions,
  deps: RedriveDeps,
): Promise<PutBack> {
  const total = going.reduce((sum, planned) => sum + recordsGoing(planned), 0)
  const progress = deps.startProgress(total, 'Putting back')
  const startedAt = deps.now()
  let sent = 0
  let letters = 0
  try {
    return await putBack(
      going,
      until,
      paced(rate, until, deps),
      (planned) => {
        sent += recordsGoing(planned)
        letters += 1
        progress.to(sent, `about ${roughly(((deps.now() - startedAt) / sent) * (total - sent))} left`)
      },
      deps,
    )
  } finally {
    progress.end(`${plural(sent, 'record')} of ${plural(letters, 'letter')}`)
  }
}
