import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge } from '../bridge.ts'
import { type SwitchDeps, switchSources } from './switch-sources.ts'
import { tellNotYet, tellPaused, tellResumed } from './tell.ts'

export type PauseDeps = SwitchDeps & {
  bridge: Pick<Bridge, 'queues'>
  out: (line: string) => void
  complain: (line: string) => void
  /** The command line that undoes it. */
  resume: string
  /** The command line that shows how far it is. */
  status: string
}

/** @returns whether all of them are off. */
export async function pauseDelivery(queues: readonly QueueName[], deps: PauseDeps): Promise<boolean> {
  return switched(queues, false, deps, (states) => tellPaused(states, deps.resume))
}

/** @returns whether all of them are on. */
export async function resumeDelivery(queues: readonly QueueName[], deps: PauseDeps): Promise<boolean> {
  return switched(queues, true, deps, tellResumed)
}

async function switched(
  queues: readonly QueueName[],
  enabled: boolean,
  deps: PauseDeps,
  tell: (queues: Parameters<typeof tellResumed>[0]) => readonly string[],
): Promise<boolean> {
  const notYet = await switchSources(queues, enabled, deps)
  if (notYet.length > 0) deps.complain(tellNotYet(notYet, enabled ? 'turned on' : 'turned off', deps.status))
  const done = queues.filter((queue) => !notYet.includes(queue))
  if (done.length === 0) return false
  const states = await deps.bridge.queues()
  for (const line of tell(done.map((name) => ({ name, state: states[name] })))) deps.out(line)
  return notYet.length === 0
}
