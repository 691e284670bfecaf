import type { IdentifierName } from '../../../functions/shared/record.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import { formatPerson } from './format-person.ts'
import { formatRun } from './format-run.ts'
import { formatStatus } from './format-status.ts'
import type { StatusOptions } from './options.ts'
import { type ReadStatusDeps, readStatus } from './read-status.ts'
import { runProgress } from './run-progress.ts'

export type StatusDeps = ReadStatusDeps & {
  /** The name of the bridge, shown to the operator. */
  name: string
  /** The flags that select the target on a command line. */
  targetFlags: string
  /** @returns the hash that identifies a person in the log. */
  hashPerson: (identifier: IdentifierName, id: string) => Promise<string>
}

/** Reads the status once. @returns the lines to print. @throws if the bridge cannot be reached. */
export async function status({ about, json }: StatusOptions, deps: StatusDeps): Promise<string[]> {
  const render = (value: object, lines: () => string[]) => (json ? [JSON.stringify(value)] : lines())
  switch (about.kind) {
    case 'bridge': {
      const current = await readStatus(deps)
      return render({ ...current, at: new Date(current.at).toISOString() }, () =>
        formatStatus(current, deps.name),
      )
    }
    case 'run': {
      const [lines, states, sources] = await Promise.all([
        deps.telemetry.run(about.run, about.sinceMs),
        deps.bridge.queues(),
        deps.bridge.eventSources(),
      ])
      const progress = runProgress(lines)
      const queuesEmpty = QUEUE_NAMES.every((queue) => states[queue].waiting + states[queue].inFlight === 0)
      const paused = QUEUE_NAMES.filter((queue) => sources[queue].state === 'disabled')
      return render({ run: about.run, progress: progress ?? null, queuesEmpty, paused }, () =>
        formatRun(progress, { ...about, queuesEmpty, paused, targetFlags: deps.targetFlags }),
      )
    }
    case 'person': {
      const person = await deps.hashPerson(about.identifier, about.id)
      const lines = await deps.telemetry.person(person, about.sinceMs)
      return render({ person, lines }, () => formatPerson(lines, person, about.sinceMs))
    }
  }
}
