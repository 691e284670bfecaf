/**
 * The words by which databases, spreadsheets, data frames and programming languages write that there is no value.
 */
const CLEAR = new Set([
  ...['NULL', 'null', '\\N', '\\\\N', '<null>', '<NULL>', '(null)', '(NULL)', '[null]', '[NULL]', '{null}'],
  ...['n/a', 'N/A', 'N/a', '<NA>', '#N/A', '#N/A N/A', '#NA', '#NV', '#N/D', '#NULL!', '#REF!', '#DIV/0!'],
  ...['#VALUE!', '#WERT!', '#VALEUR!', '#NAME?', '#NUM!', '1.#QNAN', '-1.#IND', '1.#IND'],
  ...['NaN', 'nan', 'NAN', '-nan', '-NaN', 'NaT', 'undefined', 'k.A.', 'k. A.'],
])

/** These are also surnames, answers or abbreviations: "Null", "None" of a list of allergies, "NA" for Namibia. */
const UNCLEAR = new Set(['Null', 'None', 'NONE', 'Nil', 'nil', 'NIL', 'NA', 'Undefined'])

const LONGEST = Math.max(...[...CLEAR, ...UNCLEAR].map(({ length }) => length))

export const isWordForNothing = (word: string) =>
  word.length <= LONGEST && (CLEAR.has(word) || UNCLEAR.has(word))

/** Whether a word for nothing has no other meaning. */
export const isClear = (word: string) => CLEAR.has(word)
