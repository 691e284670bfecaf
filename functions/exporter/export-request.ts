import { gunzipSync } from 'node:zlib'
import * as z from 'zod/mini'
import { parseJson } from '../shared/json.ts'
import { type Identifier, UserAlias } from '../shared/record.ts'

/** A request for profiles, reduced to what its sender may read. */
export type ExportRequest = {
  /** The body for Braze. */
  body: string
  /** How many profiles it asks for. */
  profiles: number
  /** Those of them that it names by an identifier. A device is not a person. */
  people: readonly Identifier[]
  /** How many fields it asks for. */
  fields: number
}

/** Why a request is not passed on, as an HTTP status and a sentence. */
export type ExportProblem = { status: 400 | 403 | 413; message: string }

/** Braze accepts at most 50 external ids and 50 aliases in a request. */
const MAX_IDS = 50

/** Clients of typed languages send null for what they leave out. */
const text = z.nullish(z.string())

/**
 * The members of Braze's request (Braze, "Export user profile by identifier"). Any other is left out, because
 * nobody has checked what it would let a sender read.
 */
const Body = z.object({
  external_ids: z.nullish(z.array(z.string()).check(z.maxLength(MAX_IDS))),
  user_aliases: z.nullish(z.array(UserAlias).check(z.maxLength(MAX_IDS))),
  braze_id: text,
  device_id: text,
  email_address: text,
  phone: text,
  fields_to_export: z.nullish(z.array(z.string())),
})
type Body = z.infer<typeof Body>

/**
 * Reads a request for profiles and narrows it to the allowed fields. A request that lists no fields gets the
 * allowed ones.
 * @param allowed the fields that the connection may read, by Braze's names.
 */
export function readExportRequest(sent: Buffer, allowed: readonly string[]): ExportRequest | ExportProblem {
  const text = expanded(sent)
  if (text === undefined) return TOO_LARGE
  const { data } = Body.safeParse(parseJson(text))
  if (!data) return UNREADABLE
  const profiles = countProfiles(data)
  if (profiles === 0) return NOBODY
  const asked = data.fields_to_export ?? allowed
  const fields = allowed.filter((field) => asked.includes(field))
  if (fields.length === 0) return notAllowed(allowed)
  const given = Object.entries(data).filter(([, value]) => value !== null)
  const body = JSON.stringify({ ...Object.fromEntries(given), fields_to_export: fields })
  return { body, profiles, people: peopleIn(data), fields: fields.length }
}

/**
 * In bytes. The 50 external ids and 50 aliases that Braze accepts, each as long as it accepts (987 bytes), need less
 * than this.
 */
const MAX_BODY_BYTES = 200_000

/** @returns the text of a body, which may be compressed; undefined if it is larger than a request may be. */
function expanded(sent: Buffer): string | undefined {
  if (sent.length > MAX_BODY_BYTES) return undefined
  if (sent[0] !== 0x1f || sent[1] !== 0x8b) return sent.toString()
  try {
    return gunzipSync(sent, { maxOutputLength: MAX_BODY_BYTES }).toString()
  } catch (error) {
    // A body that cannot be expanded is not JSON either.
    return error instanceof RangeError ? undefined : ''
  }
}

const countProfiles = ({ external_ids, user_aliases, ...others }: Body) =>
  (external_ids ?? []).length +
  (user_aliases ?? []).length +
  [others.braze_id, others.device_id, others.email_address, others.phone].filter(Boolean).length

const peopleIn = ({ external_ids, user_aliases, braze_id, email_address, phone }: Body) => [
  ...(external_ids ?? []).map((external_id): Identifier => ({ external_id })),
  ...(user_aliases ?? []).map((user_alias): Identifier => ({ user_alias })),
  ...(braze_id ? [{ braze_id }] : []),
  ...(email_address ? [{ email: email_address }] : []),
  ...(phone ? [{ phone }] : []),
]

const UNREADABLE: ExportProblem = {
  status: 400,
  message:
    'The body must be a JSON object in UTF-8, with or without gzip, with the members that Braze documents for /users/export/ids, and with at most 50 external_ids and 50 user_aliases',
}

const TOO_LARGE: ExportProblem = {
  status: 413,
  message: 'The body is larger than 200 KB. Ask for at most 50 profiles at a time',
}

const NOBODY: ExportProblem = {
  status: 400,
  message:
    'The request names no profile: add external_ids, user_aliases, braze_id, device_id, email_address or phone',
}

const notAllowed = (allowed: readonly string[]): ExportProblem => ({
  status: 403,
  message: `This connection may read none of the fields in fields_to_export. The operator of the bridge has allowed: ${allowed.join(', ')}`,
})
