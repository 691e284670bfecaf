import type { QueueName } from '../../../functions/shared/record.ts'
import { formatDuration } from '../../cli/duration.ts'
import { plural } from '../../cli/plural.ts'
import type { StartProgress } from '../../cli/progress.ts'
import { parseDeadLetter, type ReceivedDeadLetter } from './dead-letter.ts'
import { removeDuplicates } from './duplicates.ts'
import { formatListing, formatOutcome, formatPlan } from './format.ts'
import { DEAD_LETTERS_HIDDEN_SECONDS, type ListDeps, receiveDeadLetters, releaseDeadLetters } from './list.ts'
import { countRedriven, nextRound } from './next-round.ts'
import type { RedriveOptions } from './options.ts'
import { isRedriven, mustBeSplit, type PlannedDeadLetter, planRedrive } from './plan.ts'
import { replacementsOf } from './replacements.ts'
import { type ResendDeps, type ResendResult, resend } from './resend.ts'
import { splitDeadLetters } from './split.ts'
import { createThrottle } from './throttle.ts'
import { findUnmatched } from './unmatched.ts'

export type RedriveDeps = ListDeps &
  ResendDeps & {
    /**
     * How many dead letters can be received, and how many are hidden, including those of this run. SQS gives
     * approximate numbers.
     */
    count: (queues: readonly QueueName[]) => Promise<{ visible: number; hidden: number }>
    startProgress: StartProgress
    /** Receives the output lines. */
    out: (line: string) => void
  }

/** The result of the last round. */
export type RedriveResult = ResendResult & {
  /** The dead letters at the beginning of the round, and what was decided about them. */
  plan: readonly PlannedDeadLetter[]
  /** Everything that should go back has gone back; also true if there was nothing to redrive. */
  complete: boolean
  /** There are more dead letters than this round took. */
  more: boolean
  /** A sentence for each choice that fits no dead letter. Nothing was redriven then. */
  unmatched?: readonly string[]
}

/** Nothing is begun in the last minute before the dead letters become visible to others. */
const WITHIN_MS = (DEAD_LETTERS_HIDDEN_SECONDS - 60) * 1_000

/**
 * The share of that time that is planned for sending. The rest allows for the time that SQS takes to answer.
 */
const SENDING_SHARE = 0.8

/** One round is enough, unless dead letters come in meanwhile that overtake others. */
const MAX_ROUNDS = 5

/**
 * Redrives what may go back, in as many rounds as necessary; without `yes`, only prints the plan. Dead
 * letters that come in after the start stay, because they may have been redriven a moment ago and parked
 * again.
 * @throws if SQS cannot be reached. What cannot be sent or deleted is reported in the outcome.
 */
export async function redrive(options: RedriveOptions, deps: RedriveDeps): Promise<RedriveResult> {
  const at = deps.now()
  const written = new Set<string>()
  let last = await redriveRound(options, written, deps)
  while (options.yes && last.more && last.done.size > 0 && !deps.stop.aborted) {
    deps.out('')
    deps.out('Next round:')
    last = await redriveRound({ ...options, parkedBefore: { at, except: written } }, written, deps)
  }
  if (!options.yes || !last.more || deps.stop.aborted) return last
  deps.out('SQS shows more dead letters only when some of these are gone. Run this again.')
  return { ...last, complete: false }
}

/**
 * Lists the dead letters, decides and prints what goes back, and with `yes` redrives it. All other dead
 * letters are visible again afterwards. Redriven records count as newly accepted: they come after everything
 * that is already in their lane.
 */
async function redriveRound(
  options: RedriveOptions,
  written: Set<string>,
  deps: RedriveDeps,
): Promise<RedriveResult> {
  const until = deps.now() + WITHIN_MS
  const received = new Map<string, ReceivedDeadLetter>()
  try {
    const listing = await receiveDeadLetters(options.queues, deps, received)
    const { visible, hidden } = await deps.count(options.queues)
    const unseen = { visible, hiddenElsewhere: hidden - received.size }
    const plan = decide(received, options, deps)
    for (const line of [...formatPlan(plan, options), ...formatListing(listing, unseen, options)])
      deps.out(line)
    if (listing === 'stopped') return { ...NOTHING, plan, complete: false }
    const isFirstRound = options.parkedBefore === undefined
    const unmatched =
      isFirstRound && listing === 'complete' ? findUnmatched(plan, options, unseen.hiddenElsewhere) : []
    if (unmatched.length > 0) return { ...NOTHING, plan, complete: false, unmatched }
    const outcome = options.yes ? await carryOut(plan, received, until, options, written, deps) : NOTHING
    const more = outcome.more || listing === 'cut short'
    for (const line of formatOutcome(plan, outcome, options, deps.stop.aborted)) deps.out(line)
    return { ...outcome, plan, more }
  } finally {
    await releaseDeadLetters([...received.values()], deps.hide)
  }
}

type Outcome = Omit<RedriveResult, 'plan'>
const NOTHING: Outcome = { done: new Set(), partlySent: new Set(), complete: true, more: false }

/**
 * Replacements of a dead letter chosen with --letter stay chosen. Their message ids are not known yet, so
 * they are matched by deduplication id.
 */
const withReplacements = (
  chosen: readonly string[],
  parts: readonly PlannedDeadLetter[],
  { settings, newId }: RedriveDeps,
) =>
  chosen.length === 0
    ? []
    : parts
        .filter(({ selected }) => selected)
        .flatMap((planned) => replacementsOf(planned, settings, newId).map(({ dedupId }) => dedupId))
        .concat(chosen)

const decide = (held: ReadonlyMap<string, ReceivedDeadLetter>, options: RedriveOptions, deps: RedriveDeps) =>
  planRedrive([...held.values()].map(parseDeadLetter), options, deps.now(), deps.settings)

/**
 * First splits the dead letters that go back in part only. Nothing may go back before that: once a later dead
 * letter is gone, nobody could see what it has overtaken.
 */
async function carryOut(
  first: readonly PlannedDeadLetter[],
  received: Map<string, ReceivedDeadLetter>,
  until: number,
  options: RedriveOptions,
  written: Set<string>,
  deps: RedriveDeps,
): Promise<Outcome> {
  const failed = { ...NOTHING, complete: false }
  let plan = first
  let choice = options
  if (!plan.some(isRedriven)) return NOTHING
  for (let round = 0; plan.some(mustBeSplit); round++) {
    const parts = plan.filter(mustBeSplit)
    if (round === MAX_ROUNDS) return failed
    if (!(await splitDeadLetters(parts, until, written, deps))) return failed
    for (const { deadLetter } of parts) received.delete(deadLetter.handle)
    if ((await receiveDeadLetters(options.queues, deps, received)) === 'stopped') return failed
    choice = { ...choice, deadLetterIds: withReplacements(choice.deadLetterIds, parts, deps) }
    plan = decide(received, choice, deps)
  }
  const all = plan.filter(isRedriven)
  const going = nextRound(all, ((until - deps.now()) / 1_000) * SENDING_SHARE * options.rate)
  const result = await resendWithProgress(going, until, options, deps)
  const deleted = [...result.done].map(({ deadLetter }) => deadLetter)
  for (const { handle } of deleted) received.delete(handle)
  if (deleted.length > 0) await removeDuplicates(deleted, options.queues, deps, received)
  return { ...result, complete: result.done.size === going.length, more: going.length < all.length }
}

async function resendWithProgress(
  redriven: readonly PlannedDeadLetter[],
  until: number,
  { rate }: RedriveOptions,
  deps: RedriveDeps,
): Promise<ResendResult> {
  const total = redriven.reduce((sum, planned) => sum + countRedriven(planned), 0)
  const progress = deps.startProgress(total, 'Redriving')
  const startedAt = deps.now()
  let sent = 0
  let deletedCount = 0
  try {
    return await resend(
      redriven,
      until,
      createThrottle(rate, until, deps),
      (planned) => {
        sent += countRedriven(planned)
        deletedCount += 1
        progress.to(sent, `about ${formatDuration(((deps.now() - startedAt) / sent) * (total - sent))} left`)
      },
      deps,
    )
  } finally {
    progress.end(`${plural(sent, 'record')} of ${plural(deletedCount, 'dead letter')}`)
  }
}
