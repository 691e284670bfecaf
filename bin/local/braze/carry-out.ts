import { pathOf, refuseBody, turnAway } from './admit.ts'
import type { Change } from './change.ts'
import { exportIds } from './export-ids.ts'
import type { Answer, BrazeRequest } from './outcome.ts'
import { takeTurn, tooMany, type Window } from './rate-limit.ts'
import type { Settings } from './settings.ts'
import type { State } from './state.ts'
import { type Distortion, track } from './track.ts'

export type Workspace = {
  state: State
  settings: Settings
  /** Path → the window of its rate limit. */
  windows: Map<string, Window>
}

export type Carried = { answer: Answer; changes: Change[] }

/** Does with a request what Braze's rules say, from the URL to the last object. `body` is the parsed one. */
export function carryOut(
  workspace: Workspace,
  request: BrazeRequest,
  body: unknown,
  now: number,
  distortion: Distortion,
): Carried {
  const { state, settings, windows } = workspace
  const turnedAway = turnAway(request, settings.keys)
  if (turnedAway) return { answer: turnedAway, changes: [] }

  const path = pathOf(request)
  const isExport = path === '/users/export/ids'
  const turn = takeTurn(windows.get(path), isExport ? settings.exportLimit : settings.trackLimit, now)
  windows.set(path, turn.window)
  if (!turn.ok) return { answer: tooMany(settings.waitDialect, turn.resetAt, now), changes: [] }

  const refused = refuseBody(request)
  const { answer, changes } = refused
    ? { answer: refused, changes: [] }
    : isExport
      ? { answer: exportIds(state, body), changes: [] }
      : track(state, body, now, distortion)
  return { answer: { ...answer, headers: { ...answer.headers, ...turn.headers } }, changes }
}
