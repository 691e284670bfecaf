import * as z from 'zod/mini'
import { isSigned, TOKEN_HEADER, WaysToAuthenticate } from './authentication.ts'
import { CONNECTION_NAME, MAX_CONNECTION_NAME_CHARACTERS } from './display-id.ts'
import { AUDIENCE, columnKey, DEFAULT_FLAG_NAME, isFlagBy, SPLIT } from './flags.ts'
import { tidy } from './invisible.ts'
import { STANDARD_FIELDS, standardFieldNamed } from './standard-fields.ts'

/**
 * A connection is one sender: how it authenticates, and how its rows are read. Its settings are in cdk.json
 * under `connections`. They are checked when the stack is synthesised, and they are deployed with the
 * functions as a file.
 */

/**
 * `activations` takes profile rows and `events` takes event rows. In `records`, each row's columns show its
 * kind.
 */
export const ENDPOINTS = ['activations', 'events', 'records'] as const

/** A connection's name can be part of a path, where the names of other parts would be ambiguous. */
const RESERVED_NAMES: readonly string[] = [...ENDPOINTS, 'users']
export const DEFAULT_CONNECTION = 'default'

/** The name of a connection, which is also a part of its paths. */
export const ConnectionName = z.string().check(
  z.regex(CONNECTION_NAME, 'small letters, digits and -'),
  z.maxLength(MAX_CONNECTION_NAME_CHARACTERS),
  z.refine((name) => !RESERVED_NAMES.includes(name), `none of ${RESERVED_NAMES.join(', ')}`),
)

const nonEmpty = z.string().check(z.minLength(1))

/** What a column holds, if the sender's format or system does not say. */
export const ColumnType = z.enum(['int', 'number', 'bool', 'date', 'date_ms', 'string', 'json'])
export type ColumnType = z.infer<typeof ColumnType>

const Column = z
  .strictObject({
    /** The header that the column is read under instead. */
    rename: z.optional(nonEmpty),
    /** The column is left out. */
    drop: z.optional(z.literal(true)),
    type: z.optional(ColumnType),
  })
  .check(
    z.refine(({ rename, drop, type }) => !drop || (rename === undefined && type === undefined), {
      message: 'a column that is dropped needs neither a new name nor a type',
    }),
  )

/** An id contains no `_`, so a flag's name is unambiguous only if there is a `_` between its two ids. */
const flagName = z.string().check(
  z.refine((template) => template.split(AUDIENCE).length === 2, `with ${AUDIENCE} in it, once`),
  z.refine((template) => template.split(SPLIT).length === 2, `with ${SPLIT} in it, once`),
  z.refine(
    (template) => /\{audience\}[^{}]*_[^{}]*\{split\}|\{split\}[^{}]*_[^{}]*\{audience\}/.test(template),
    'with a "_" between the two, or two audiences could share a flag',
  ),
  z.refine((template) => !/[{}]/.test(template.replace(AUDIENCE, '').replace(SPLIT, '')), 'no other braces'),
  z.refine(
    (template) => !template.startsWith('$') && template === template.trim(),
    'Braze takes no $ or space first',
  ),
)

/** A prefix must not begin like a flag, because it would make an attribute look like one. */
const prefix = z.string().check(
  z.regex(/^[^$\s]\S*$/, 'without spaces, and with no $ first'),
  z.refine((text) => !/^aiq_/i.test(text), 'not with AIQ_ first: the attribute would look like a membership'),
)

/**
 * One prefix for all audiences, which may contain the audience's id, or one for each audience, which needs no
 * id.
 */
const attributePrefix = z.union([
  prefix.check(
    z.refine((text) => !/[{}]/.test(text.replace(AUDIENCE, '')), `no braces but ${AUDIENCE}, once`),
  ),
  z.record(
    z.string(),
    prefix.check(z.refine((text) => !/[{}]/.test(text), 'no braces: it is of one audience')),
  ),
])

const names = z.array(nonEmpty).check(z.minLength(1))

/** Cells are compared without the invisible characters around them. */
const word = z
  .string()
  .check(z.refine((text) => text !== '' && text === tidy(text), 'a text without spaces around it'))
const words = z.array(word).check(z.minLength(1))

const Connection = z
  .strictObject({
    /** Any one of them authenticates a request. */
    authentication: z._default(WaysToAuthenticate, [
      { kind: 'header', name: TOKEN_HEADER },
      { kind: 'bearer' },
    ]),
    /**
     * The only endpoint that accepts signed requests. A signature does not cover the path, so whoever recorded a
     * request could otherwise send the same rows as something else.
     */
    signedEndpoint: z.optional(z.enum(ENDPOINTS)),
    /** The addresses or CIDR blocks that requests may come from. Without it, they may come from anywhere. */
    allowedIps: z.optional(
      z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).check(z.minLength(1)),
    ),
    /** `capture` reads and explains each request and sends nothing to Braze. */
    mode: z._default(z.enum(['deliver', 'capture']), 'deliver'),
    /** The identifier that addresses Braze if a row has both. */
    preferredIdentifier: z._default(z.enum(['external_id', 'braze_id']), 'external_id'),
    /** A prefix that is removed from external ids. */
    stripIdPrefix: z.optional(nonEmpty),
    /**
     * Settings by the column's header as the sender writes it. Case, `_`, `-` and spaces don't matter. `""` is the
     * column without a name.
     */
    columns: z._default(z.record(z.string(), Column), {}),
    /**
     * Writes a column to a standard field of Braze if its header is the field's name except for case, `_`, `-`
     * and spaces. A header that is the exact name always means the field.
     */
    matchStandardFields: z._default(z.boolean(), true),
    /** What an empty cell means. By default it means nothing in CSV and forms, and an empty text in JSON. */
    emptyCells: z.optional(z.enum(['skip', 'null', 'keep'])),
    /** Words that mean an empty cell in every column and format, such as `NULL`. Case matters. */
    emptyWords: z.optional(words),
    /**
     * Ids and names that are accepted although they look like a word for a missing value, a placeholder or a number
     * that a spreadsheet rewrote. Case matters.
     */
    allowValues: z.optional(words),
    /** An audience without an operation means enter, whatever other columns seem to say. */
    presenceEnters: z._default(z.boolean(), false),
    /** The name of the attribute that holds a membership. */
    flagName: z._default(flagName, DEFAULT_FLAG_NAME),
    /** The split of a membership if its row names none. */
    defaultSplitId: z._default(
      z
        .string()
        .check(z.regex(/^[^_,\s]+$/, 'without "_", "," and spaces: it becomes part of the name of a flag')),
      '0',
    ),
    /** What Braze holds for somebody who left an audience: `false`, or no attribute at all. */
    leaveWrites: z._default(z.enum(['false', 'null']), 'false'),
    /**
     * What precedes the name of each custom attribute of a row that names an audience: one prefix, or one per
     * audience.
     */
    attributePrefix: z.optional(attributePrefix),
    /** Never creates a profile in Braze: sends `_update_existing_only`. */
    updateExistingOnly: z._default(z.boolean(), false),
    /** The attributes that are written, by their names in Braze. Flags are always written. */
    attributes: z.optional(z.union([z.strictObject({ allow: names }), z.strictObject({ deny: names })])),
    /** New names of event properties, by their old names. */
    properties: z._default(z.record(nonEmpty, nonEmpty), {}),
    /**
     * The fields of profiles that the sender may read at `/users/export/ids`, by Braze's names. Without it, the
     * connection does not have that path.
     */
    exports: z.optional(names),
  })
  .check(
    z.refine(
      ({ authentication, signedEndpoint }) =>
        authentication.some(isSigned) === (signedEndpoint !== undefined),
      {
        path: ['signedEndpoint'],
        message: `required if requests are signed, and not allowed otherwise: ${ENDPOINTS.join(', ')}`,
      },
    ),
    z.refine(({ authentication, exports }) => exports === undefined || !authentication.every(isSigned), {
      path: ['exports'],
      message: 'needs a token: a signature does not cover the path. Use a connection of its own',
    }),
    z.refine(
      ({ attributePrefix: given = '', flagName }) =>
        !(typeof given === 'string' ? [given] : Object.values(given)).some((prefix) =>
          isFlagBy(flagName)(`${prefix.replace(AUDIENCE, '1')}name`),
        ),
      { path: ['attributePrefix'], message: 'not like flagName: attributes would look like memberships' },
    ),
    z.superRefine(({ emptyWords = [], allowValues = [] }, context) => {
      const both = emptyWords.find((text) => allowValues.includes(text))
      if (both !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['allowValues'],
          message: `${both} is also in emptyWords: a word is empty or a value`,
        })
    }),
    z.superRefine(({ columns }, context) => {
      const seen = new Map<string, string>()
      for (const header of Object.keys(columns)) {
        const same = seen.get(columnKey(header))
        if (same !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['columns', header],
            message: `the same column as ${same}: case, "_", "-" and spaces don't matter`,
          })
        seen.set(columnKey(header), header)
      }
    }),
    z.superRefine(({ attributes = { deny: [] }, columns, matchStandardFields }, context) => {
      if (!matchStandardFields) return
      const [kind, listed] = 'allow' in attributes ? ['allow', attributes.allow] : ['deny', attributes.deny]
      const renamed = Object.values(columns).map(({ rename }) => rename)
      for (const name of listed) {
        const field =
          STANDARD_FIELDS.has(name) || renamed.includes(name) ? undefined : standardFieldNamed(name)
        if (field !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['attributes', kind],
            message: `${name} is written to Braze's field ${field}: use that name here, or set matchStandardFields to false`,
          })
      }
    }),
  )
export type Connection = z.infer<typeof Connection>

/** In capture mode, nothing reaches Braze, so such a connection may read no profiles either. */
function withoutExports(connection: Connection): Connection {
  if (connection.mode === 'deliver') return connection
  const { exports: _, ...others } = connection
  return others
}

/**
 * All connections of a stack by name. There is always the default connection, which the short paths refer to.
 */
export const Connections = z.pipe(
  z.record(ConnectionName, Connection),
  z.transform(
    (connections): Connections => ({
      [DEFAULT_CONNECTION]: Connection.parse({}),
      ...Object.fromEntries(Object.entries(connections).map(([name, one]) => [name, withoutExports(one)])),
    }),
  ),
)
export type Connections = { readonly [name: string]: Connection; readonly [DEFAULT_CONNECTION]: Connection }
