import * as z from 'zod'
import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { type KeyAnswers, NOBODY } from './ask.ts'

const PERMISSIONS = { track: 'users.track', exported: 'users.export.ids' } as const
type TriedPath = keyof typeof PERMISSIONS

/** What an answer says about the key that was used. */
type KeyStatus =
  | 'let in'
  /** 401: Braze does not know the key on this instance. */
  | 'unknown'
  /** 403: Braze knows the key, but forbids this call. */
  | 'forbidden'
  | 'wrong address'
  | 'limited'
  | 'trouble'
  | 'no answer'

/** Classifies statuses as the worker's `judge.ts` does. A 400 is about the body, so the key was accepted. */
function keyStatusOf(answer: BrazeAnswer): KeyStatus {
  if (answer.kind === 'no answer') return 'no answer'
  const { status } = answer
  if (status === 401) return 'unknown'
  if (status === 403) return 'forbidden'
  if (status === 404 || (status >= 300 && status < 400)) return 'wrong address'
  if (status === 429) return 'limited'
  return status >= 500 ? 'trouble' : 'let in'
}

/** @returns whether Braze grants the key both permissions. */
export const isGranted = ({ track, exported }: KeyAnswers): boolean =>
  keyStatusOf(track) === 'let in' && keyStatusOf(exported) === 'let in'

/**
 * Judges endpoint, key and permissions from the answers: always four findings.
 * @param host the host of the REST endpoint.
 * @param rotate the command line that replaces the key, without the key itself.
 */
export function judgeKey(answers: KeyAnswers, host: string, rotate: string): Finding[] {
  const statuses = { track: keyStatusOf(answers.track), exported: keyStatusOf(answers.exported) }
  return [
    endpoint(answers, statuses, host),
    key(statuses),
    permission('track', answers.track, statuses, rotate),
    permission('exported', answers.exported, statuses, rotate),
  ]
}

type KeyStatuses = Readonly<Record<TriedPath, KeyStatus>>

const COMPARE_ENDPOINT =
  'Compare restEndpoint in the Braze secret with the REST endpoint of your instance (Braze, Settings, APIs and Identifiers).'
const NO_ANSWER = `${COMPARE_ENDPOINT} If it is right, this machine may lack a way to it: a proxy, a firewall, a name that does not resolve.`
const BRAZE_OUTAGE =
  'See status.braze.com. Nothing is lost: what was accepted waits, and is delivered when Braze is back.'

function endpoint({ track, exported }: KeyAnswers, statuses: KeyStatuses, host: string): Finding {
  const about = 'Braze endpoint'
  const all = Object.values(statuses)
  if (all.every((status) => status === 'no answer'))
    return problem(about, `${host} gives no answer (${causeOf(track)})`, NO_ANSWER)
  if (all.includes('wrong address'))
    return problem(about, `${host} answers that there is nothing at Braze's paths`, COMPARE_ENDPOINT)
  const failing = [track, exported].find((answer) => keyStatusOf(answer) === 'trouble')
  if (failing) return problem(about, `${host} answers ${statusOf(failing)}: Braze has trouble`, BRAZE_OUTAGE)
  const slow = [track, exported].find((answer) => answer.kind === 'no answer')
  if (slow)
    return problem(about, `${host} answered only one of two requests (${causeOf(slow)})`, BRAZE_OUTAGE)
  return ok(about, `${host} answers`)
}

const KEY_REFUSED =
  'Compare key and restEndpoint with Braze: a key works on the instance of its workspace only, and a deleted one nowhere. ' +
  "If the key has an IP allow-list without this machine, Braze may refuse it here alone: then the worker's log says whether it holds."

function key(statuses: KeyStatuses): Finding {
  const about = 'Braze key'
  const all = Object.values(statuses)
  if (all.includes('let in')) return ok(about, 'Braze knows it')
  if (all.every((status) => status === 'unknown'))
    return problem(
      about,
      'Braze refuses it (401): with it nothing can be delivered, and the worker holds every message',
      KEY_REFUSED,
    )
  if (all.includes('forbidden')) return ok(about, 'Braze knows it, and forbids what it was used for (403)')
  return note(about, 'not known: Braze did not come to look at it')
}

function permission(path: TriedPath, answer: BrazeAnswer, statuses: KeyStatuses, rotate: string): Finding {
  const about = PERMISSIONS[path]
  const other = statuses[path === 'track' ? 'exported' : 'track']
  switch (statuses[path]) {
    case 'let in':
      return granted(path, answer)
    case 'forbidden':
      return lacksPermission(path, rotate)
    case 'unknown':
      // A key that the other path knows is valid and lacks only this permission.
      return other === 'let in' || other === 'forbidden'
        ? lacksPermission(path, rotate)
        : note(about, 'not known: see the key')
    case 'limited':
      return note(about, 'not known: the rate limit is used up (429)', 'Run this again in a minute.')
    case 'wrong address':
    case 'trouble':
    case 'no answer':
      return note(about, 'not known: see the endpoint')
  }
}

const lacksPermission = (path: TriedPath, rotate: string) =>
  problem(
    PERMISSIONS[path],
    path === 'track'
      ? 'the key lacks it: with it nothing can be delivered, and the worker holds every message'
      : 'the key lacks it: verify and /users/export/ids do not work; delivery does',
    `Permissions are fixed when a key is made: make one in Braze with users.track and users.export.ids, and put it in: ${rotate} --key-file -`,
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
        `granted; a profile ${NOBODY} exists, whom this and the worker use as nobody`,
        'Delete it in Braze, and tell the authors of the bridge if it comes back. It does no harm.',
      )
  }
  if (status === 400) return ok(about, 'granted: Braze objects to the question, not to the key (400)')
  return ok(about, path === 'track' ? `granted (${status}; nothing was written)` : `granted (${status})`)
}

const statusOf = (answer: BrazeAnswer) => (answer.kind === 'answer' ? answer.status : 0)

const causeOf = (answer: BrazeAnswer) =>
  answer.kind === 'no answer' && answer.cause === 'timeout' ? 'no answer in time' : 'no connection'
