import type { Fields } from './log.ts'
import { NONE, OTHER, type Part, type Progress, type Tally } from './progress.ts'

/** How far rows have come: into a queue, or to Braze. */
export type Stage = 'accepted' | 'delivered'

export type ProgressLine = { message: 'run progress' | 'audience progress'; fields: Fields }

/**
 * The log lines that tell how far each run and each audience has come; summed up, they answer for a whole run. Events
 * that name no run come one by one, and metrics count them.
 */
export const progressLines = ({ parts }: Progress, stage: Stage): ProgressLine[] =>
  parts.flatMap((part) => [...runLines(part, stage), ...audienceLines(part, stage)])

const runLines = ({ connection, kind, runs }: Part, stage: Stage): ProgressLine[] =>
  [...runs.values()]
    .filter(({ run }) => run !== NONE || kind !== 'events')
    .map(({ run, total: { done, parked } }) => ({
      message: 'run progress',
      fields: { stage, connection, kind, run, [stage]: done, parked },
    }))

function audienceLines({ connection, kind, runs, others }: Part, stage: Stage): ProgressLine[] {
  const line = (run: string, audience: string, { done, parked }: Tally): ProgressLine => ({
    message: 'audience progress',
    fields: { stage, connection, kind, run, audience, [stage]: done, ...(parked > 0 && { parked }) },
  })
  const told = [...runs.values()].flatMap(({ run, audiences }) =>
    [...audiences].flatMap(([audience, splits]) =>
      [...splits].map(([split, tally]) => line(run, `${audience}_${split}`, tally)),
    ),
  )
  return others.done + others.parked > 0 ? [...told, line(OTHER, OTHER, others)] : told
}
