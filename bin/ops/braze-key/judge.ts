import * as z from 'zod'
import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { type KeyAnswers, NOBODY } from './ask.ts'
import { type KeyUse, PERMISSIONS, permissionsOf } from './key-use.ts'

type TriedPath = keyof typeof PERMISSIONS

/** What an answer says about the key that was used. */
type KeyStatus =
  | 'accepted'
  /** 401: Braze does not know the key on this instance. */
  | 'unknown'
  /** 403: Braze knows the key, but forbids this call. */
  | 'forbidden'
  | 'wrong address'
  | 'limited'
  | 'failing'
  | 'no answer'

/** Classifies statuses as the worker's `judge.ts` does. A 400 is about the body, so the key was accepted. */
function keyStatusOf(answer: BrazeAnswer): KeyStatus {
  if (answer.kind === 'no answer') return 'no answer'
  const { status } = answer
  if (status === 401) return 'unknown'
  if (status === 403) return 'forbidden'
  if (status === 404 || (status >= 300 && status < 400)) return 'wrong address'
  if (status === 429) return 'limited'
  return status >= 500 ? 'failing' : 'accepted'
}

/** @returns whether Braze grants the key the permissions that it needs. */
export const isGranted = (answers: KeyAnswers, { needs }: KeyUse): boolean =>
  needs.every((path) => keyStatusOf(answers[path]) === 'accepted')

/**
 * Judges endpoint, key and permissions from the answers: one finding for each, and one for each permission
 * that the key needs.
 * @param host the host of the REST endpoint.
 * @param rotate the command line that replaces the key, without the key itself.
 */
export function judgeKey(answers: KeyAnswers, host: string, rotate: string, use: KeyUse): Finding[] {
  const statuses = { track: keyStatusOf(answers.track), exported: keyStatusOf(answers.exported) }
  return [
    endpoint(answers, statuses, host, use),
    key(statuses, use),
    ...use.needs.map((path) => permission(path, answers[path], statuses, { rotate, use })),
  ]
}

type KeyStatuses = Readonly<Record<TriedPath, KeyStatus>>

const COMPARE_ENDPOINT =
  'Compare restEndpoint in the Braze secret with the REST endpoint of your Braze instance (Braze, Settings, APIs and Identifiers).'
const NO_ANSWER = `${COMPARE_ENDPOINT} If they are the same, this machine may not reach it: look for a proxy, a firewall or a name that does not resolve.`
const BRAZE_OUTAGE =
  'See status.braze.com. Nothing is lost: accepted rows wait, and are delivered when Braze works again.'

function endpoint(
  { track, exported }: KeyAnswers,
  statuses: KeyStatuses,
  host: string,
  { name }: KeyUse,
): Finding {
  const about = `${name} endpoint`
  const all = Object.values(statuses)
  if (all.every((status) => status === 'no answer'))
    return problem(about, `${host} gives no answer (${causeOf(track)})`, NO_ANSWER)
  if (all.includes('wrong address'))
    return problem(about, `${host} does not have Braze's paths`, COMPARE_ENDPOINT)
  const failing = [track, exported].find((answer) => keyStatusOf(answer) === 'failing')
  if (failing) return problem(about, `${host} answers ${statusOf(failing)}: Braze is failing`, BRAZE_OUTAGE)
  const slow = [track, exported].find((answer) => answer.kind === 'no answer')
  if (slow)
    return problem(about, `${host} answered only one of two requests (${causeOf(slow)})`, BRAZE_OUTAGE)
  return ok(about, `${host} answers`)
}

const KEY_REJECTED =
  'Compare the key and restEndpoint with Braze: a key works only on the instance of its workspace, and a deleted key works nowhere. ' +
  "If the key has an IP allow-list without this machine, Braze may reject it only here: see the worker's log."

function key(statuses: KeyStatuses, { name, impact }: KeyUse): Finding {
  const about = `${name} key`
  const all = Object.values(statuses)
  if (all.includes('accepted')) return ok(about, 'Braze accepts it')
  if (all.every((status) => status === 'unknown'))
    return problem(about, `Braze rejects it (401): ${impact}`, KEY_REJECTED)
  if (all.includes('forbidden')) return ok(about, 'Braze knows it, but it lacks a permission (403)')
  return note(about, 'not tested: Braze did not check it')
}

type Replacement = { rotate: string; use: KeyUse }

function permission(
  path: TriedPath,
  answer: BrazeAnswer,
  statuses: KeyStatuses,
  replacement: Replacement,
): Finding {
  const about = PERMISSIONS[path]
  const other = statuses[path === 'track' ? 'exported' : 'track']
  switch (statuses[path]) {
    case 'accepted':
      return granted(path, answer)
    case 'forbidden':
      return lacksPermission(path, replacement)
    case 'unknown':
      // A key that the other path knows is valid and lacks only this permission.
      return other === 'accepted' || other === 'forbidden'
        ? lacksPermission(path, replacement)
        : note(about, 'not tested: see the key')
    case 'limited':
      return note(
        about,
        'not tested: the rate limit of Braze is used up (429)',
        'Run this command again in a minute.',
      )
    case 'wrong address':
    case 'failing':
    case 'no answer':
      return note(about, 'not tested: see the endpoint')
  }
}

const lacksPermission = (path: TriedPath, { rotate, use }: Replacement) =>
  problem(
    PERMISSIONS[path],
    path === 'track'
      ? 'missing: nothing can be delivered, and the worker holds every message'
      : 'missing: delivery works, but verify and /users/export/ids do not',
    `The permissions of a key cannot be changed. Create a key in Braze with ${permissionsOf(use)}, and store it: ${rotate} --key-file -`,
  )

const ExportAnswer = z.object({ users: z.array(z.unknown()) })

function granted(path: TriedPath, answer: BrazeAnswer): Finding {
  const about = PERMISSIONS[path]
  const status = statusOf(answer)
  if (path === 'exported' && answer.kind === 'answer') {
    const { data } = ExportAnswer.safeParse(parseJson(answer.body))
    if (data && data.users.length > 0)
      return note(
        about,
        `granted; but Braze has a profile ${NOBODY}, the id that check and the worker use because nobody has it`,
        'It does no harm. Delete the profile in Braze, and report it to the maintainers of the bridge if it appears again.',
      )
  }
  if (status === 400 && path === 'track')
    return note(
      about,
      'granted, but Braze rejects the probe with which the worker tests whether Braze works (400)',
      'Delivery works. A record that Braze rejects can block its lane for minutes. Report this to the maintainers of the bridge.',
    )
  if (status === 400) return ok(about, 'granted: Braze rejects the test request, not the key (400)')
  return ok(about, path === 'track' ? `granted (${status}; nothing was written)` : `granted (${status})`)
}

const statusOf = (answer: BrazeAnswer) => (answer.kind === 'answer' ? answer.status : 0)

const causeOf = (answer: BrazeAnswer) =>
  answer.kind === 'no answer' && answer.cause === 'timeout' ? 'no answer in time' : 'no connection'
