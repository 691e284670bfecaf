import * as z from 'zod'
import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { parseJson } from '../../functions/shared/json.ts'
import type { BrazeSimulator } from './braze/simulator.ts'

/** What Braze holds about a person. Values are JSON as Braze returns them. */
export type Person = {
  ids: Record<string, unknown>
  attributes: Record<string, unknown>
  /** The newest events, newest first. `eventsInAll` counts all of them. */
  events: { name: string; time: string; more: unknown }[]
  eventsInAll: number
}

/** Finds a person by external_id or braze_id. */
export type LookUp = (id: string) => Promise<{ person: Person } | { nobody: true } | { unavailable: string }>

/** The number of events shown for one person. */
const MAX_EVENTS = 50

/** The simulator keeps everything in memory, so the window may look up a person as often as it likes. */
export const lookUpInSimulator =
  (braze: Pick<BrazeSimulator, 'profile' | 'events' | 'purchases'>): LookUp =>
  async (id) => {
    const profile = braze.profile({ external_id: id }) ?? braze.profile({ braze_id: id })
    if (!profile) return { nobody: true }
    const { external_id, braze_id, user_aliases, standard, custom_attributes } = profile
    const isOwn = (event: { braze_id: string }) => event.braze_id === braze_id
    const events = [
      ...braze
        .events()
        .filter(isOwn)
        .map(({ name, time, at, properties }) => ({ name, time, at, more: properties })),
      ...braze
        .purchases()
        .filter(isOwn)
        .map(({ product_id, price, currency, time, at, properties }) => ({
          name: `purchase of ${product_id}`,
          time,
          at,
          more: { price, currency, ...properties },
        })),
    ]
      .reverse()
      .sort((a, b) => b.at - a.at)
    return {
      person: {
        ids: { ...(external_id !== undefined && { external_id }), braze_id, ...aliasField(user_aliases) },
        attributes: { ...standard, ...custom_attributes },
        events: events.slice(0, MAX_EVENTS).map(({ name, time, more }) => ({ name, time, more })),
        eventsInAll: events.length,
      },
    }
  }

const aliasField = (aliases: readonly unknown[] = []) => (aliases.length > 0 ? { user_aliases: aliases } : {})

/** The answer to POST /users/export/ids. Braze omits empty fields. */
const Exported = z.object({
  users: z.array(
    z.looseObject({
      external_id: z.string().optional(),
      braze_id: z.string().optional(),
      user_aliases: z.array(z.unknown()).optional(),
      custom_attributes: z.record(z.string(), z.unknown()).default({}),
      custom_events: z
        .array(z.object({ name: z.string(), last: z.string().default(''), count: z.number().default(1) }))
        .default([]),
    }),
  ),
})

const STANDARD_FIELDS = ['email', 'phone', 'first_name', 'last_name', 'country', 'language', 'dob', 'gender']
const FIELDS = [
  'external_id',
  'braze_id',
  'user_aliases',
  'custom_attributes',
  'custom_events',
  ...STANDARD_FIELDS,
]

const BRAZE_ID = /^[0-9a-f]{24}$/

/**
 * Looks up a person in a real Braze. Braze exports only the latest time and the count of each event.
 * @param ask sends this body to /users/export/ids.
 */
export const lookUpInBraze =
  (ask: (body: string) => Promise<BrazeAnswer>): LookUp =>
  async (id) => {
    const queries = [{ external_ids: [id] }, ...(BRAZE_ID.test(id) ? [{ braze_id: id }] : [])]
    for (const query of queries) {
      const answer = await ask(JSON.stringify({ ...query, fields_to_export: FIELDS }))
      if (answer.kind === 'no answer') return { unavailable: unavailableReason('') }
      if (answer.status >= 300 || answer.isTooLarge)
        return { unavailable: unavailableReason(answer.body, answer.status) }
      const [user] = Exported.parse(JSON.parse(answer.body)).users
      if (user) return { person: personOf(user) }
    }
    return { nobody: true }
  }

function personOf(user: z.infer<typeof Exported>['users'][number]): Person {
  const { external_id, braze_id, user_aliases, custom_attributes, custom_events, ...others } = user
  const standard = Object.entries(others).filter(([name]) => STANDARD_FIELDS.includes(name))
  return {
    ids: {
      ...(external_id !== undefined && { external_id }),
      ...(braze_id !== undefined && { braze_id }),
      ...aliasField(user_aliases),
    },
    attributes: { ...Object.fromEntries(standard), ...custom_attributes },
    events: custom_events
      .toSorted((a, b) => (a.last < b.last ? 1 : -1))
      .slice(0, MAX_EVENTS)
      .map(({ name, last, count }) => ({ name, time: last, more: { count } })),
    eventsInAll: custom_events.length,
  }
}

const BrazeMessage = z.object({ message: z.string() })

function unavailableReason(body: string, status = 0): string {
  const message = BrazeMessage.safeParse(parseJson(body)).data?.message ?? 'no reason given'
  return `Braze could not be asked (${status}): ${message}. The key needs the permission users.export.ids.`
}
