import {
  displayConnection,
  displayId,
  hasPersonalNumber,
  isDisplayable,
  NO_ID,
  OTHER_IDS,
} from './display-id.ts'
import type { LogFields } from './log.ts'
import type { Membership, QueueName } from './record.ts'

/** The number of rows by their outcome. */
export type Tally = { done: number; parked: number }

/** The fields of a row that decide where it is counted. */
type Counted = { run_id?: string | undefined; memberships?: readonly Membership[] | undefined }

/** The rows of a run, in total and for each audience, by the audience's id and the split's. */
export type RunTally = { run: string; total: Tally; audiences: Map<string, Map<string, Tally>> }

/** The rows of one connection and queue. */
export type ProgressPart = {
  connection: string
  kind: QueueName
  total: Tally
  runs: Map<string, RunTally>
  /** Rows in audiences that are not counted separately. */
  others: Tally
  add: (row: Counted, outcome: keyof Tally) => void
}
export type Progress = {
  /** Returns the counts for this connection and queue. */
  of: (connection: string, kind: QueueName) => ProgressPart
  parts: readonly ProgressPart[]
}

/**
 * At most this many runs, and this many audiences, are counted separately. It limits what one request or
 * invocation may write into the log.
 */
const MAX_GROUPS = 20

/** Counts rows by run and by audience. A row in two audiences counts in both. */
export function openProgress(): Progress {
  const parts: ProgressPart[] = []
  const room = { runs: MAX_GROUPS, audiences: MAX_GROUPS }

  function newRun(runs: ProgressPart['runs'], id: string): RunTally {
    const isDistinguished = room.runs > 0 && isDisplayable(id)
    const run = isDistinguished ? id : OTHER_IDS
    const known = runs.get(run)
    if (known) return known
    if (isDistinguished) room.runs -= 1
    const made: RunTally = { run, total: none(), audiences: new Map() }
    runs.set(run, made)
    return made
  }

  function newAudience({ audiences }: RunTally, audience: string, split: string, others: Tally): Tally {
    const splits = audiences.get(audience)
    if (!splits && (room.audiences === 0 || !isDisplayable(audience))) return others
    // The splits of an audience that are not displayed are counted together.
    const shown = hasPersonalNumber(`${audience}_${split}`) ? OTHER_IDS : displayId(split)
    const known = splits?.get(shown)
    if (known || room.audiences === 0) return known ?? others
    room.audiences -= 1
    const made = none()
    audiences.set(audience, (splits ?? new Map<string, Tally>()).set(shown, made))
    return made
  }

  function newPart(connection: string, kind: QueueName): ProgressPart {
    const runs: ProgressPart['runs'] = new Map()
    const [total, others] = [none(), none()]
    const add: ProgressPart['add'] = ({ run_id = NO_ID, memberships = [] }, outcome) => {
      const run = runs.get(run_id) ?? newRun(runs, run_id)
      total[outcome] += 1
      run.total[outcome] += 1
      for (const { audience_id, split_id } of memberships) {
        const known = run.audiences.get(audience_id)?.get(split_id)
        const tally = known ?? newAudience(run, audience_id, split_id, others)
        tally[outcome] += 1
      }
    }
    const part = { connection, kind, total, runs, others, add }
    parts.push(part)
    return part
  }

  return {
    parts,
    of: (connection, kind) => {
      const shown = displayConnection(connection)
      const known = parts.find((part) => part.connection === shown && part.kind === kind)
      return known ?? newPart(shown, kind)
    },
  }
}

const none = (): Tally => ({ done: 0, parked: 0 })

/** How far rows have got: into a queue, or to Braze. */
export type ProgressStage = 'accepted' | 'delivered'

export type ProgressLine = { message: 'run progress' | 'audience progress'; fields: LogFields }

/**
 * Returns the log lines that show how far each run and each audience has got. Added up, they cover a whole
 * run. Events that name no run come one by one, so only metrics count them.
 */
export const progressLines = ({ parts }: Progress, stage: ProgressStage): ProgressLine[] =>
  parts.flatMap((part) => [...runLines(part, stage), ...audienceLines(part, stage)])

const runLines = ({ connection, kind, runs }: ProgressPart, stage: ProgressStage): ProgressLine[] =>
  [...runs.values()]
    .filter(({ run }) => run !== NO_ID || kind !== 'events')
    .map(({ run, total: { done, parked } }) => ({
      message: 'run progress',
      fields: { stage, connection, kind, run, [stage]: done, parked },
    }))

function audienceLines(
  { connection, kind, runs, others }: ProgressPart,
  stage: ProgressStage,
): ProgressLine[] {
  const line = (run: string, audience: string, { done, parked }: Tally): ProgressLine => ({
    message: 'audience progress',
    fields: { stage, connection, kind, run, audience, [stage]: done, ...(parked > 0 && { parked }) },
  })
  const namedAudiences = [...runs.values()].flatMap(({ run, audiences }) =>
    [...audiences].flatMap(([audience, splits]) =>
      [...splits].map(([split, tally]) => line(run, `${audience}_${split}`, tally)),
    ),
  )
  return others.done + others.parked > 0
    ? [...namedAudiences, line(OTHER_IDS, OTHER_IDS, others)]
    : namedAudiences
}
