import type { QueueName } from '../../../functions/shared/record.ts'
import { plural } from '../../local/plural.ts'
import { type HandedLetter, openLetter } from './letter.ts'
import { LISTED_SECONDS, type ListDeps, list } from './list.ts'
import { type Choice, type PlannedLetter, toPlan } from './plan.ts'
import { type PutBack, type PutBackDeps, putBack } from './put-back.ts'
import { tellOutcome } from './tell-outcome.ts'
import { tellPlan } from './tell-plan.ts'

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
  plan: readonly PlannedLetter[]
  /** Everything that was to go back went. */
  complete: boolean
}

/** Nothing is begun in the last minute in which the letters are still ours. */
const PUT_BACK_WITHIN_MS = (LISTED_SECONDS - 60) * 1_000

/** Not zero: the local emulator loses a message whose visibility is set to that. */
const RELEASED_SECONDS = 1

/**
 * Lists the dead letters, decides what goes back, says so, and with `yes` does it. Whatever is not put back is visible
 * again afterwards. What goes back counts as accepted anew: it comes after everything that is in its lane by now.
 */
export async function redrive(options: RedriveOptions, deps: RedriveDeps): Promise<Redriven> {
  const until = deps.now() + PUT_BACK_WITHIN_MS
  const handed: HandedLetter[] = []
  const gone = new Set<string>()
  try {
    const all = await list(options.queues, deps, handed)
    const elsewhere = (await deps.countHidden(options.queues)) - handed.length
    const letters = handed.map(openLetter)
    const plan = toPlan(letters, options, deps.now(), deps.settings)
    for (const line of tellPlan(letters, plan, options)) deps.out(line)
    if (elsewhere > 0)
      deps.out(
        `About ${plural(elsewhere, 'letter')} can't be seen now: the console or another run holds them, for ${LISTED_SECONDS / 60} minutes at most.`,
      )
    if (!all) deps.out('There are more letters than one run takes. Run it again for the others.')

    const asked = options.yes ? plan.filter(goesBack) : []
    const result = await putBack(asked, until, deps)
    for (const { letter } of result.done) gone.add(letter.handle)
    const complete = !deps.stop.aborted && result.done.size === asked.length
    for (const line of tellOutcome(plan, result, options, deps.stop.aborted)) deps.out(line)
    return { ...result, plan, complete }
  } finally {
    await release(
      handed.filter((letter) => !gone.has(letter.handle)),
      deps,
    )
  }
}

const goesBack = ({ parts }: PlannedLetter) => parts.some(({ verdict }) => verdict.kind === 'back')

async function release(letters: readonly HandedLetter[], { hide }: RedriveDeps): Promise<void> {
  for (const ofQueue of Map.groupBy(letters, ({ queue }) => queue).values())
    await hide(ofQueue, RELEASED_SECONDS)
}
