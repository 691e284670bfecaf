import { element, setText } from './dom.js'
import { number, plural } from './format.js'

/**
 * @typedef {import('../explain.ts').Explained} Explained
 * @typedef {import('./send.js').Destination} Destination
 */

/** What to do with a body that is too large for a request. */
export const CUTTING = '“npm run ops -- send FILE --local” splits a file into several requests.'

/** HTTP: Content Too Large. */
const TOO_LARGE = 413

/**
 * Says in one line whether a body can be used.
 * @param {Explained} explained
 * @param {Destination} destination
 */
export function verdictElements(explained, { connection, endpoint }) {
  const { usable, checkThese } = explained
  const good = checkThese.mistakes.length === 0 ? ' good' : ''
  return [
    element('span', { class: `badge${usable ? good : ' bad'}` }, 'not sent'),
    ` ${verdictOf(explained)}: ${endpoint}, connection ${connection}`,
  ]
}

/** @param {Explained} explained */
function verdictOf({ usable, result }) {
  const { problem, rows = 0, rejected = 0, wouldPark, wouldWithhold } = result
  if (problem) return problem.reason
  if (rows === 0) return 'There are no rows'
  if (usable) return rows === 1 ? 'The row can be used' : `All ${number(rows)} rows can be used`
  /** @type {[number, string][]} */
  const counts = [
    [rejected, 'rejected'],
    [wouldPark, 'parked'],
    [wouldWithhold, 'delivered in part'],
  ]
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what], index) =>
      index === 0
        ? `${number(count)} of ${plural(rows, 'row')} would be ${what}`
        : `${number(count)} ${what}`,
    )
    .join(', ')
}

/**
 * Shows what `npm run ops -- explain` says about a body: its problem, the rejected rows and the likely mistakes.
 * @param {Explained} explained
 * @param {Destination} destination
 */
export function checkElements({ result, checkThese }, { connection }) {
  const { problem, rejectedRows, wouldParkByCode, wouldWithholdByCode } = result
  const { mistakes, allSettings } = checkThese
  const shown = [
    ...(problem ? problemElements(problem) : []),
    ...listElements(
      'Would be rejected (rows counted from 0)',
      rejectedRows.map((rejected) => rejectedElement(rejected, connection)),
    ),
    ...listElements('Would be parked', wouldParkByCode.map(reasonElement)),
    ...listElements('Would be delivered in part', wouldWithholdByCode.map(reasonElement)),
    ...listElements('Check these', [
      ...mistakes.map(({ code, subject, message, setting }) =>
        finding(code, subject, [message], settingElements(setting, code, connection)),
      ),
      ...(allSettings === undefined
        ? []
        : [finding('', 'All of these settings', [], settingElements(allSettings, '', connection))]),
    ]),
  ]
  // The keyboard can scroll to all of it, even if no button is in it.
  const attributes = { class: 'check', tabindex: '0', role: 'group', 'aria-label': 'Check' }
  return shown.length === 0 ? [] : [element('div', attributes, ...shown)]
}

/** @param {NonNullable<Explained['result']['problem']>} problem */
const problemElements = ({ status, hint, understood = [] }) => [
  element('p', {}, hint),
  ...(status === TOO_LARGE ? [element('p', {}, CUTTING)] : []),
  ...understood.map(({ line, cells }) =>
    element('p', { class: 'quiet' }, `line ${line}: ${cells.join(', ')}`),
  ),
]

/**
 * @param {string} title
 * @param {HTMLElement[]} items
 */
const listElements = (title, items) =>
  items.length === 0
    ? []
    : [
        element('h3', {}, title),
        element('ul', { class: 'findings' }, ...items.map((item) => element('li', {}, item))),
      ]

/**
 * @param {Explained['result']['rejectedRows'][number]} rejected
 * @param {string} connection
 */
function rejectedElement(
  { code, column, otherColumn, rows, firstRows, firstLines = [], reason, hint, setting },
  connection,
) {
  const lines = firstLines.length > 0 ? ` (${listed('line', firstLines)})` : ''
  const others = rows > firstRows.length ? ` and ${number(rows - firstRows.length)} more` : ''
  const columns = otherColumn === undefined ? column : `${column} and ${otherColumn}`
  const where = `${columns === undefined ? '' : `in ${columns}: `}${listed('row', firstRows)}${lines}${others}`
  const texts = reason === undefined || hint === undefined ? [] : [reason, hint]
  const settingText = setting && JSON.stringify(setting).slice(1, -1)
  return finding(code, where, texts, settingElements(settingText, code, connection))
}

/**
 * @param {string} noun
 * @param {readonly number[]} numbers
 */
const listed = (noun, numbers) => `${noun}${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`

/** @param {{ code: string, reason: string, rows: number }} reason */
const reasonElement = ({ code, reason, rows }) => finding(code, `in ${plural(rows, 'row')}`, [reason])

/**
 * @param {string} code
 * @param {string} subject
 * @param {readonly string[]} texts
 * @param {readonly HTMLElement[]} more
 */
const finding = (code, subject, texts, more = []) =>
  element(
    'div',
    { class: 'finding' },
    element('p', {}, ...(code === '' ? [] : [element('code', {}, code), ' ']), subject),
    ...texts.map((text, index) => element('p', index === 0 ? {} : { class: 'quiet' }, text)),
    ...more,
  )

/**
 * @param {string | undefined} setting
 * @param {string} code
 * @param {string} connection
 */
function settingElements(setting, code, connection) {
  if (setting === undefined) return []
  const text = element('code', {}, setting)
  const label = element('span', {}, 'Copy')
  const button = element(
    'button',
    { type: 'button' },
    label,
    element('span', { class: 'unseen' }, code === '' ? ' all of these settings' : ` the setting for ${code}`),
  )
  button.addEventListener('click', () =>
    navigator.clipboard.writeText(setting).then(
      () => setText(label, 'Copied'),
      // The browser may forbid it. The person then copies what is selected.
      () => getSelection()?.selectAllChildren(text),
    ),
  )
  return [
    element(
      'p',
      { class: 'quiet' },
      `Add to cdk.json under the connection “${connection}”, and start again:`,
    ),
    element('div', { class: 'setting' }, text, button),
  ]
}
