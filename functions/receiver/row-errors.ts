import { MAX_RECORD_BYTES } from '../shared/message.ts'
import { OPERATIONS, otherHeaders } from './aliases.ts'
import { MAX_DEPTH } from './limits.ts'

const orList = (words: readonly string[]) => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

/**
 * Why a row is rejected, in the texts that the answer and the dead letter show. They name rules, never
 * values.
 */
export const ROW_ERRORS = {
  ROW_NOT_OBJECT: {
    reason:
      'The row is not an object with columns: its line is not valid JSON, or has more or fewer cells than the header of the CSV.',
    hint: 'Send each row as a JSON object with its columns by name, or as a CSV line with one cell for each column.',
  },
  IDENTIFIER_MISSING: {
    reason: 'The row names no person: it has no external id and no Braze id, or both are empty.',
    hint: `Export a column external_id (also read: ${otherHeaders('external id')}) or braze_id.`,
  },
  IDENTIFIER_SEVERAL: {
    reason: 'The object identifies the person by more than one of external_id, user_alias and braze_id.',
    hint: 'Send only one of them: Braze rejects an object that has two.',
  },
  IDENTIFIER_UNREADABLE: {
    reason: 'The identifier is not text, or it is an alias without a name or a label.',
    hint: "Send the identifier as Braze's page on user identifiers describes it.",
  },
  PURCHASE_UNREADABLE: {
    reason:
      'The purchase has no product_id, no three-letter currency or no price, or its quantity is below 1.',
    hint: "Send a purchase as Braze's page on the purchase object describes it.",
  },
  VALUE_NOT_TEXT: {
    reason: 'The column must contain text or a whole number, but contains something else.',
    hint: 'Map a text column to it.',
  },
  TEXT_DAMAGED: {
    reason:
      'The row contains a character that was replaced by U+FFFD, because the text was not UTF-8. The original character is lost.',
    hint: 'Set the character set of the sender, or of the system that it exports from, to UTF-8, and send the row again.',
  },
  VALUE_MEANS_NOTHING: {
    reason: 'An id or a name is only a word for a missing value, such as NULL, n/a or undefined.',
    hint: 'Leave the cell empty, or leave the row out of the export. If the word is a real id, add it to the connection setting allowValues; if it means an empty cell in every column, add it to emptyWords.',
  },
  PLACEHOLDER_UNFILLED: {
    reason:
      'An id or a name is a placeholder of a template, such as {{user.id}} or %user_id%, which the sender did not replace with a value.',
    hint: 'Correct the template or the mapping in the sending system, and send the row again.',
  },
  NUMBER_REWRITTEN: {
    reason:
      'The id is a number that a spreadsheet or a data frame rewrote, such as 1042.0 or 1.04E+03, so it is not the id that Braze knows.',
    hint: 'Export the column as text from the source, without opening the file in a spreadsheet. If the id is really written like this, add it to the connection setting allowValues.',
  },
  HEADER_REPEATED: {
    reason: 'The id is the name of a column.',
    hint: 'Remove repeated header lines, which joining files leaves behind. If it is a real id, add it to the connection setting allowValues.',
  },
  NOT_A_DATA_ROW: {
    reason: 'The row is a total, a row count or the end of a report, not a person.',
    hint: 'Export the data without totals and messages. If it is a real id, add it to the connection setting allowValues.',
  },
  COLUMN_UNNAMED: {
    reason: 'A column without a name has a value.',
    hint: 'Name the column, remove it from the export, or drop it in the settings of the connection.',
  },
  OP_INVERTED: {
    reason:
      'The row has an audience and no op, and this column says that the person was removed. Without an op, the person would enter.',
    hint: 'Export a column op, with leave in such rows. Do not rename this column to op: there, true means enter. If an audience always means enter, whatever this column says, set presenceEnters to true; rows that are redriven then enter too.',
  },
  OP_UNCLEAR: {
    reason:
      'The row has an audience and no op, and this column seems to say whether the person enters or leaves. Without an op, the person would enter.',
    hint: 'In the settings of the connection, rename the column to op. If it is an attribute, give it another name in the same way; if an audience always means enter, set presenceEnters to true.',
  },
  NUMBER_NOT_EXACT: {
    reason: 'The number is too large to be kept exactly.',
    hint: 'Export the column as text, in quotes.',
  },
  CELL_NOT_OF_TYPE: {
    reason:
      'The cell does not have the type of its column: the type that the connection declares or, for a directive of Braze, true or false.',
    hint: 'Correct the export, or the type of the column in the settings of the connection.',
  },
  COLUMNS_CONFLICT: {
    reason: 'Two columns of the row have the same meaning and different values.',
    hint: 'Leave one of them out of the export, or give it a header of its own.',
  },
  COLUMN_TWICE: {
    reason: 'The same name occurs twice with different values.',
    hint: 'Give each column of the export a header of its own.',
  },
  OP_UNKNOWN: {
    reason: 'The bridge does not know this operation.',
    hint: `Use ${orList(OPERATIONS.enter)}; ${orList(OPERATIONS.leave)}; ${orList(OPERATIONS.none)}.`,
  },
  OP_WITHOUT_AUDIENCE: {
    reason: 'The row says that somebody enters or leaves, but it names no audience.',
    hint: 'Export a column audience_id, put it beside the rows, or add ?audience_id= to the URL.',
  },
  SPLIT_WITHOUT_AUDIENCE: {
    reason: 'The row names a split, but it names no audience.',
    hint: 'Export a column audience_id, put it beside the rows, or add ?audience_id= to the URL.',
  },
  AUDIENCE_ID_INVALID: {
    reason:
      'The id of the audience or the split contains an underscore, which separates the two ids in the name of the flag, or a comma, as when the URL names it twice.',
    hint: 'Export the id that ActionIQ shows for it, a number or a UUID, or an id of your own without an underscore or a comma.',
  },
  FLAG_NOT_BOOLEAN: {
    reason:
      'The column is named like a membership (AIQ_<audience>_<split>), but its value is neither true nor false.',
    hint: 'Send true or false (also read: 1 and 0), or rename the column. Braze gives an attribute the type of its first value, so any other value could make Braze ignore the flag of every user.',
  },
  MEMBERSHIP_CONFLICT: {
    reason: 'The row says both that the person is in an audience and that they are not.',
    hint: 'Say it once: with an audience and an operation, or with a column AIQ_<audience>_<split>.',
  },
  TIME_UNREADABLE: {
    reason: 'The time cannot be read.',
    hint: 'Send ISO 8601 (2026-01-05T10:00:00Z), or seconds or milliseconds since 1970.',
  },
  EVENT_NAME_MISSING: {
    reason: 'The row is an event without a name.',
    hint: 'Export a column event_name with a value in every row.',
  },
  PROPERTIES_NOT_OBJECT: {
    reason: 'The properties of the event are not an object.',
    hint: 'Send an object of names and values, or leave it out and send each property as a column.',
  },
  ROW_EMPTY: {
    reason: 'The row names a person, but contains nothing to write.',
    hint: 'Export an attribute column, or say which audience the person enters or leaves.',
  },
  ROW_TOO_DEEP: {
    reason: 'A value of the row is nested too deeply.',
    hint: `Send flat values. Lists and objects may be nested at most ${MAX_DEPTH} levels deep.`,
  },
  ROW_TOO_LARGE: {
    reason: `The row is over ${MAX_RECORD_BYTES / 1_000} KB. Only its identifiers are kept here.`,
    hint: 'Export fewer or shorter columns, and send the row again.',
  },
} as const satisfies Record<string, { reason: string; hint: string }>

export type RowErrorCode = keyof typeof ROW_ERRORS

export const isRowErrorCode = (code: string): code is RowErrorCode => Object.hasOwn(ROW_ERRORS, code)

/**
 * The error of a row, as a value. `field` is the header of the column at fault, if there is one. It is a
 * class so that `instanceof` can recognise it: checking rows of every shape for a property took a twentieth
 * of the receiver's time.
 */
export class RowError {
  readonly code: RowErrorCode
  readonly field: string | undefined
  /** The other column of a conflict. */
  readonly other: string | undefined
  /** Makes the type nominal, so that the compiler does not accept another object of the same shape. */
  declare protected readonly brand: never

  constructor(code: RowErrorCode, field?: string, other?: string) {
    this.code = code
    this.field = field
    this.other = other
  }
}

export const rowError = (code: RowErrorCode, field?: string, other?: string): RowError =>
  new RowError(code, field, other)

export const isRowError = (value: object): value is RowError => value instanceof RowError

/** The texts of a row error: `reason` says what is wrong, and `hint` says what to do. */
export const rowErrorTexts = (code: RowErrorCode): { reason: string; hint: string } => ROW_ERRORS[code]
