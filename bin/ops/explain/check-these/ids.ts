import { invisibleIn, tidy } from '../../../../functions/shared/invisible.ts'
import type { Json } from '../../../../functions/shared/json.ts'
import { acceptedValues, columnSetting, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning, WarningCode } from './warning.ts'

/** Values that identify nobody in particular. The receiver rejects words that are never an id. */
const NOBODY = new Set(
  `0 -1 00 000 0000 00000000 9999 99999 999999 9999999 99999999 999999999 -999 -9999 x yes no tbd default unbekannt
  inconnu desconocido`.split(/\s+/),
)

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/
/** The receiver removes invisible characters around an id, but none within it. */
const hasUnseen = (id: string) => id.includes(' ') || invisibleIn(id) !== undefined

const BRAZE_ID = /^[\da-f]{24}$/

/** The ids of a request, except for those that the connection allows, with the column that most likely holds them. */
type Ids = { ids: readonly string[]; column: SentColumn | undefined; of: 'external id' | 'braze id' }

/** Finds values that are unlikely to be ids of people or audiences. */
export function unlikelyIds(request: SentRequest): Warning[] {
  const external: string[] = []
  const allowed = new Set(request.connection.allowValues)
  for (const { record } of request.rows)
    if (
      record &&
      'external_id' in record &&
      record.external_id !== undefined &&
      !allowed.has(record.external_id)
    )
      external.push(record.external_id)
  const column = request.columns.find(
    ({ readAs, name, isSettable }) =>
      readAs.includes('external id') ||
      (!isSettable && readAs.includes('external_id') && name === 'external_id'),
  )
  const ids: Ids = { ids: external, column, of: 'external id' }
  return [
    ...oddIds(ids),
    ...oneForAll(ids),
    ...cutIds(ids),
    ...brazeIds(ids),
    ...outliers(ids),
    ...audiences(request),
  ]
}

/** Kinds of ids that are wrong by themselves, each with its message. The first match counts. */
const ODD: readonly { code: WarningCode; is: (id: string) => boolean; message: string }[] = [
  {
    code: 'ID_STANDS_FOR_NOBODY',
    is: (id) => NOBODY.has(id.toLowerCase()),
    message:
      'Some ids are numbers or words that do not identify anybody, such as 0, -1 or default. All rows with such an id would change the same profile. Leave these rows out of the export.',
  },
  {
    code: 'ID_IS_EMAIL',
    is: (id) => EMAIL.test(id),
    message:
      'Some ids are e-mail addresses. If Braze knows these people by another external id, a second profile would be created for each of them. Export the id that Braze has, and the address in a column "email".',
  },
  {
    code: 'ID_HAS_SPACES',
    is: hasUnseen,
    message:
      'Some ids contain spaces or invisible characters. To Braze, each of them is a different person from the id without them. Export the ids without them.',
  },
]

function oddIds({ ids, column }: Ids): Warning[] {
  const counts = new Map<string, number>()
  for (const id of ids) {
    const odd = ODD.find(({ is }) => is(id))
    if (odd) counts.set(odd.code, (counts.get(odd.code) ?? 0) + 1)
  }
  return ODD.flatMap(({ code, message }) => {
    const rows = counts.get(code)
    return rows === undefined ? [] : [{ code, ...named(column), rows, message }]
  })
}

const named = (column: SentColumn | undefined) => (column ? { column: column.column } : {})

/** In a test, it is normal to have a few rows of one person. */
const MANY_ROWS = 20
const NEARLY_ALL = 0.9

function oneForAll({ ids, column }: Ids): Warning[] {
  if (ids.length < MANY_ROWS) return []
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  let rows = 0
  for (const count of counts.values()) rows = Math.max(rows, count)
  if (rows < ids.length * NEARLY_ALL) return []
  return [
    {
      code: 'ONE_ID_FOR_ALL',
      ...named(column),
      rows,
      message:
        'Nearly all rows have the same id. They would all change one profile, and the last row would win. Check which column of the export identifies the person.',
    },
  ]
}

/** A double, and so a spreadsheet, keeps this many digits. */
const KEPT_DIGITS = 15

/** By chance, the ids of one file in a thousand end in this many zeros in total. */
const TELLING_ZEROS = 3

/** A spreadsheet shows six digits of a long number, and exports what it shows. */
const SHOWN_ZEROS = 6
const LONG_DIGITS = 11

function cutIds({ ids, column }: Ids): Warning[] {
  const long = [...new Set(ids)].filter((id) => /^\d+$/.test(id) && id.length >= LONG_DIGITS)
  const beyond = long.filter(({ length }) => length > KEPT_DIGITS)
  const zeros = beyond.reduce((sum, { length }) => sum + length - KEPT_DIGITS, 0)
  const isCut =
    beyond.length > 0 && zeros >= TELLING_ZEROS && beyond.every((id) => /^0+$/.test(id.slice(KEPT_DIGITS)))
  const isShown = long.length > 0 && long.every((id) => id.endsWith('0'.repeat(SHOWN_ZEROS)))
  if (!isCut && !isShown) return []
  const cut = new Set(isCut ? beyond : long)
  return [
    {
      code: 'ID_CUT_OFF',
      ...named(column),
      rows: ids.filter((id) => cut.has(id)).length,
      message:
        'All long ids end in zeros: a spreadsheet keeps only 15 digits of a number. The ids may belong to other people, and several people may share one. Export the column as text, without a spreadsheet in between.',
    },
  ]
}

function brazeIds({ ids, column }: Ids): Warning[] {
  const isBrazeId = (id: string) => BRAZE_ID.test(id) && /[a-f]/.test(id)
  if (ids.length === 0 || !ids.every((id) => BRAZE_ID.test(id)) || !ids.some(isBrazeId)) return []
  return [
    {
      code: 'ID_LOOKS_LIKE_BRAZE_ID',
      ...named(column),
      rows: ids.length,
      message:
        "Every external id has 24 hexadecimal digits, as Braze's own ids do (and MongoDB's). If they are Braze's, a second profile would be created for each person. In that case, rename the column.",
      ...(column && columnSetting(column, { rename: 'braze_id' })),
    },
  ]
}

/** Fewer ids show no pattern. */
const LEAST_IDS = 100
const FEW = 0.02

const SHAPES: readonly [string, RegExp][] = [
  ['numbers', /^\d+$/],
  ['UUIDs', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i],
  ['hexadecimal numbers', /^[\da-f]{32,64}$/i],
]

function outliers({ ids, column }: Ids): Warning[] {
  if (ids.length < LEAST_IDS) return []
  const explained = (id: string) => ODD.some(({ is }) => is(id))
  for (const [shape, form] of SHAPES) {
    const others = ids.filter((id) => !form.test(id))
    if (others.length > ids.length * FEW) continue
    const rows = others.filter((id) => !explained(id)).length
    if (rows === 0) return []
    return [
      {
        code: 'ID_UNLIKE_OTHERS',
        ...named(column),
        rows,
        message: `Nearly all ids are ${shape}, but a few are not. Each of those few would create a profile of its own if Braze does not know it. Check their rows in the export: the usual reasons are a line of another table, a total or a shifted cell.`,
      },
    ]
  }
  return []
}

const textOf = (value: Json) => (typeof value === 'object' ? '' : tidy(String(value)))

/** An audience's id becomes part of an attribute's name. */
function audiences(request: SentRequest): Warning[] {
  const allowed = new Set(request.connection.allowValues)
  return request.columns.flatMap((column) => {
    const field = (['audience', 'split'] as const).find((name) => column.readAs.includes(name))
    if (field === undefined) return []
    const odd = acceptedValues(column, request)
      .map(textOf)
      .filter((text) => !allowed.has(text) && (hasUnseen(text) || EMAIL.test(text)))
    if (odd.length === 0) return []
    return [
      {
        code: 'AUDIENCE_ID_UNLIKELY',
        column: column.column,
        rows: odd.length,
        message: `Some cells are unlikely to be the id of ${field === 'audience' ? 'an audience' : 'a split'}: they contain spaces, as a name does, or are e-mail addresses. Each would become a membership of its own in Braze, which no campaign uses. Export the id as text, exactly as ActionIQ shows it.`,
      },
    ]
  })
}
