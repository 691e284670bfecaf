import { Connections } from '../../../../functions/shared/connection.ts'
import { ask } from '../ask.ts'
import { SETTINGS } from '../settings-fixture.ts'

const under = (settings: object) => ({
  settings: { ...SETTINGS, connections: Connections.parse({ default: settings }) },
})

/** Sends a body over a connection with these settings. */
export const send = (body: string, settings: object = {}, changes: Parameters<typeof ask>[1] = {}) =>
  ask(body, changes, under(settings))

/** The ids of the people who are written, the skipped rows and the rejected ones. */
export async function outcome(body: string, settings: object = {}) {
  const { status, json, profiles } = await send(body, settings)
  if (status === 400) return json.type.replace('urn:actioniq-braze-bridge:problem:', '')
  const people = profiles.map((record) => ('external_id' in record ? record.external_id : ''))
  return {
    people,
    skipped: json.skippedRows ?? 0,
    errors: json.errors.map(({ code, line }: { code: string; line: number }) => [code, line]),
  }
}
