import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge } from '../bridge.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { QUEUE_NAMES } from '../queue-names.ts'

/** Checks whether each queue's event source feeds the worker. */
export async function checkEventSources(
  bridge: Pick<Bridge, 'eventSources'>,
  targetFlags: string,
): Promise<Finding[]> {
  const sources = await bridge.eventSources()
  return QUEUE_NAMES.map((queue) => judge(queue, sources[queue].state, targetFlags))
}

function judge(queue: QueueName, state: 'enabled' | 'disabled' | 'changing', targetFlags: string): Finding {
  const about = `Event source ${queue}`
  switch (state) {
    case 'enabled':
      return ok(about, 'enabled')
    case 'changing':
      return note(about, 'AWS is turning it on or off', 'Run this again in a minute.')
    case 'disabled':
      return problem(
        about,
        `paused: nothing of ${queue} reaches Braze, and what was accepted waits, for ${RETENTION_DAYS} days at most`,
        `npm run ops -- resume ${queue} ${targetFlags}, when the reason for the pause is mended.`,
      )
  }
}
