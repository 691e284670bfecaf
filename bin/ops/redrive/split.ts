import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import type { PlannedDeadLetter } from './plan.ts'
import { replacementsOf } from './replacements.ts'
import { keepHidden, type ResendDeps } from './resend.ts'

/** Letters under way at once. */
const CONCURRENCY = 16

/**
 * A letter can't be edited, so one that goes back in part only is replaced by letters that go back whole or not at all:
 * sent first, then the letter is deleted.
 * @param until milliseconds since the epoch after which nothing more is begun.
 * @param written gets the deduplication ids of what takes their places.
 * @returns whether all were taken apart. Where not, nothing may be put back: what is overtaken is not marked yet.
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
