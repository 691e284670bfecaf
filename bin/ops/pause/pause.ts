import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge } from '../bridge.ts'
import { formatNotYet, formatPaused, formatResumed } from './format.ts'
import { type SwitchDeps, switchSources } from './switch-sources.ts'

export type PauseDeps = SwitchDeps & {
  bridge: Pick<Bridge, 'queues'>
  out: (line: string) => void
  error: (line: string) => void
  /** The command line that resumes delivery. */
  resume: string
  /** The command line that shows the progress. */
  status: string
}

/** @returns whether all of these queues are off. */
export async function pauseDelivery(queues: readonly QueueName[], deps: PauseDeps): Promise<boolean> {
  return switchAndReport(queues, false, deps, (states) => formatPaused(states, deps.resume))
}

/** @returns whether all of these queues are on. */
export async function resumeDelivery(queues: readonly QueueName[], deps: PauseDeps): Promise<boolean> {
  return switchAndReport(queues, true, deps, formatResumed)
}

async function switchAndReport(
  queues: readonly QueueName[],
  enabled: boolean,
  deps: PauseDeps,
  format: (queues: Parameters<typeof formatResumed>[0]) => readonly string[],
): Promise<boolean> {
  const notYet = await switchSources(queues, enabled, deps)
  if (notYet.length > 0) deps.error(formatNotYet(notYet, enabled ? 'turned on' : 'turned off', deps.status))
  const done = queues.filter((queue) => !notYet.includes(queue))
  if (done.length === 0) return false
  const states = await deps.bridge.queues()
  for (const line of format(done.map((name) => ({ name, state: states[name] })))) deps.out(line)
  return notYet.length === 0
}
