import type { IdentifierName } from '../../../functions/shared/record.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import { type LookDeps, look } from './look.ts'
import type { StatusOptions } from './options.ts'
import { runProgress } from './run-progress.ts'
import { tellPerson } from './tell-person.ts'
import { tellRun } from './tell-run.ts'
import { tellStatus } from './tell-status.ts'

export type StatusDeps = LookDeps & {
  /** For the person at the keyboard. */
  name: string
  /** Where, as it was typed. */
  where: string
  /** What the log calls a person. */
  hashPerson: (identifier: IdentifierName, id: string) => Promise<string>
}

/** Looks once. @returns the lines to show. @throws where the bridge can't be asked. */
export async function status({ about, json }: StatusOptions, deps: StatusDeps): Promise<string[]> {
  const shown = (value: object, lines: () => string[]) => (json ? [JSON.stringify(value)] : lines())
  switch (about.kind) {
    case 'bridge': {
      const seen = await look(deps)
      return shown({ ...seen, at: new Date(seen.at).toISOString() }, () => tellStatus(seen, deps.name))
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
      return shown({ run: about.run, progress: progress ?? null, queuesEmpty, paused }, () =>
        tellRun(progress, { ...about, queuesEmpty, paused, where: deps.where }),
      )
    }
    case 'person': {
      const person = await deps.hashPerson(about.identifier, about.id)
      const lines = await deps.telemetry.person(person, about.sinceMs)
      return shown({ person, lines }, () => tellPerson(lines, person, about.sinceMs))
    }
  }
}
