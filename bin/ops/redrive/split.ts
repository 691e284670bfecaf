import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import type { PlannedDeadLetter } from './plan.ts'
import { replacementsOf } from './replacements.ts'
import { keepHidden, type ResendDeps } from './resend.ts'

/** Dead letters that are split at once. */
const CONCURRENCY = 16

/**
 * Replaces each dead letter that goes back in part only, since dead letters cannot be edited. Each
 * replacement goes back whole or not at all. The replacements are sent first, then the original is deleted.
 * @param until milliseconds since the epoch after which nothing more is begun.
 * @param written receives the deduplication ids of the replacements.
 * @returns whether all were split. If not, nothing may be redriven, because what is overtaken is not marked
 * yet.
 */
export async function splitDeadLetters(
  deadLetters: readonly PlannedDeadLetter[],
  until: number,
  written: Set<string>,
  deps: ResendDeps,
): Promise<boolean> {
  const waiting = [...deadLetters]
  let complete = true
  const work = async () => {
    for (let planned = waiting.pop(); planned; planned = waiting.pop()) {
      if (deps.stop.aborted || !complete) complete = false
      else complete = (await replace(planned, until, written, deps)) && complete
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return complete
}

async function replace(
  planned: PlannedDeadLetter,
  until: number,
  written: Set<string>,
  deps: ResendDeps,
): Promise<boolean> {
  if (!(await keepHidden(planned, deps))) return false
  const replacements = replacementsOf(planned, deps.settings, deps.newId)
  for (const { dedupId } of replacements) written.add(dedupId)
  const lists = replacements.map((message) => [message])
  return (await enqueue(lists, until, deps)) && deps.remove(planned.deadLetter)
}
