import { parseJson } from '../../../functions/shared/json.ts'
import { carryOut, pathWithoutQuery, type RequestResult, type Workspace } from './carry-out.ts'
import type { Profile, StateChange, StoredEvent, StoredPurchase, Vanished } from './change.ts'
import { isRecord, type SimulatorOutcome, type SimulatorRequest } from './outcome.ts'
import { tooManyRequests } from './rate-limit.ts'
import { createScript, distortionOf, type ParsedStep, type ScriptStep, scriptedAnswer } from './script.ts'
import { DEFAULT_SETTINGS, type SimulatorSettings } from './settings.ts'
import { applyChange, emptyState, findProfile, type SeedProfile, seedChanges } from './state.ts'
import { arraysOf, type TrackArrays, usersOf } from './track.ts'

export type BrazeSimulator = {
  /** Handles any request to Braze and returns its outcome. It never throws because of a request's content. */
  handle: (request: SimulatorRequest) => SimulatorOutcome
  /** Adds steps for later requests. Each request takes the first step that matches it. */
  script: (steps: readonly ScriptStep[]) => void
  /** Removes all steps, including those with `times: 'always'`. */
  clearScript: () => void
  /** Changes settings for later requests. */
  configure: (settings: Partial<SimulatorSettings>) => void
  profile: (id: { external_id: string } | { braze_id: string }) => Profile | undefined
  profiles: () => Profile[]
  /** Events in order of arrival. An event that was sent twice is listed twice. */
  events: () => readonly StoredEvent[]
  purchases: () => readonly StoredPurchase[]
  vanished: () => readonly Vanished[]
  /** The latest requests, oldest first. */
  requests: () => readonly RequestEntry[]
}

export type BrazeSimulatorOptions = {
  /** Epoch milliseconds. */
  now: () => number
  settings?: Partial<SimulatorSettings>
  /** Profiles that exist from the start. */
  seed?: readonly SeedProfile[]
  /** The changes that an earlier simulator passed to `onChanges`. */
  history?: Iterable<StateChange>
  /** Receives the changes of the seed, and those of a request before its outcome is returned. */
  onChanges?: (changes: readonly StateChange[]) => void
}

/**
 * Creates a Braze workspace in memory, without socket, clock or disk. The same calls lead to the same state.
 */
export function createBrazeSimulator({
  now,
  settings,
  seed = [],
  history = [],
  onChanges,
}: BrazeSimulatorOptions): BrazeSimulator {
  const state = emptyState()
  const workspace: Workspace = { state, settings: { ...DEFAULT_SETTINGS, ...settings }, windows: new Map() }
  const script = createScript()
  const log: RequestEntry[] = []
  for (const change of history) applyChange(state, change)
  const seeded = seed.flatMap((profile) => seedChanges(state, profile))
  for (const change of seeded) applyChange(state, change)
  // The seed is stored like any change, because a replay of later changes needs the seeded profiles.
  if (seeded.length > 0) onChanges?.(seeded)

  function handle(request: SimulatorRequest): SimulatorOutcome {
    const at = now()
    const body = parseJson(request.body)
    const step = script.take({ path: pathWithoutQuery(request), body })
    const results: RequestResult[] = []
    const outcome = follow(step, request, at, () => {
      const done = carryOut(workspace, request, body, at, distortionOf(step))
      results.push(done)
      return done
    })
    const changes = results.flatMap((done) => done.changes)
    if (changes.length > 0) onChanges?.(changes)
    log.push(toEntry(request, body, outcome, at, changes.length > 0))
    if (log.length > workspace.settings.retainedRequests) log.shift()
    return outcome
  }

  return {
    handle,
    script: script.add,
    clearScript: script.clear,
    configure: (changed) => {
      workspace.settings = { ...workspace.settings, ...changed }
    },
    profile: (id) =>
      'external_id' in id
        ? findProfile(state, { by: 'external_id', value: id.external_id })
        : findProfile(state, { by: 'braze_id', value: id.braze_id }),
    profiles: () => [...state.profiles.values()],
    events: () => state.events,
    purchases: () => state.purchases,
    vanished: () => state.vanished,
    requests: () => log,
  }
}

/** Handles a request as a step says. `carryOutNow` applies Braze's rules. */
function follow(
  step: ParsedStep | undefined,
  request: SimulatorRequest,
  at: number,
  carryOutNow: () => RequestResult,
): SimulatorOutcome {
  switch (step?.do) {
    case 'reset': {
      const applied = step.apply && carryOutNow().changes.length > 0
      return { kind: 'reset', delayMs: step.delayMs, applied }
    }
    case 'rate limit': {
      const answer = tooManyRequests(step.dialect, at + step.seconds * 1000, at)
      return { kind: 'answer', delayMs: step.delayMs, ...answer }
    }
    case 'answer': {
      const isApplied = step.apply ?? step.status < 300
      const own = isApplied ? carryOutNow().answer : undefined
      return { kind: 'answer', delayMs: step.delayMs, ...scriptedAnswer(step, request, own) }
    }
    case 'delay':
      return { kind: 'answer', delayMs: step.delayMs, ...carryOutNow().answer }
    default:
      return { kind: 'answer', delayMs: 0, ...carryOutNow().answer }
  }
}

/** A request as the simulator remembers it. */
export type RequestEntry = {
  /** When it arrived, in epoch milliseconds. */
  at: number
  /** When its answer or reset was due: `at` plus the scripted delay. */
  answeredAt: number
  method: string
  path: string
  status: number | 'reset'
  /** Whether it stored anything. */
  applied: boolean
  /** The number of objects in each array of the body. */
  objects: Record<keyof TrackArrays, number>
  /** The number of entries in the answer's `errors[]`. */
  errors: number
  /**
   * Each user once, in order: `external_id:u-1`, `braze_id:…`, `user_alias:label:name`, `email:…`, `phone:…`.
   */
  users: string[]
  headers: SimulatorRequest['headers']
  /** The parsed body; undefined if it was not JSON. */
  body: unknown
}

function toEntry(
  request: SimulatorRequest,
  body: unknown,
  outcome: SimulatorOutcome,
  at: number,
  applied: boolean,
): RequestEntry {
  const arrays = arraysOf(body)
  return {
    at,
    answeredAt: at + outcome.delayMs,
    method: request.method,
    path: pathWithoutQuery(request),
    status: outcome.kind === 'answer' ? outcome.status : 'reset',
    applied,
    objects: {
      attributes: arrays.attributes.length,
      events: arrays.events.length,
      purchases: arrays.purchases.length,
    },
    errors: outcome.kind === 'answer' ? countErrors(outcome.body) : 0,
    users: usersOf(arrays),
    headers: request.headers,
    body,
  }
}

function countErrors(answerBody: string): number {
  const answer = parseJson(answerBody)
  return isRecord(answer) && Array.isArray(answer.errors) ? answer.errors.length : 0
}
