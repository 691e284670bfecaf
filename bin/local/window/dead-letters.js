import { fetchDeadLetter, fetchDeadLetters } from './api.js'
import { byId, element, setText, syncChildren } from './dom.js'
import { dayAndClock, number, plural } from './format.js'

/**
 * @typedef {import('../dead-letter-browser.ts').DeadLetterGroup} DeadLetterGroup
 * @typedef {import('../dead-letter-browser.ts').DeadLetterSummary} DeadLetterSummary
 * @typedef {{ code: string } | { deadLetter: string }} Choice
 */

/**
 * Shows the dead letters by code. A code opens to its dead letters, and each of those opens to its content.
 * @param {(choice: Choice, what: string) => Promise<void>} confirmRedrive
 * @param {(error: unknown) => void} onError
 * @returns {(seen: import('../control/shapes.ts').Live['deadLetters']) => void}
 */
export function openDeadLetters(confirmRedrive, onError) {
  const box = byId('dead-letters', HTMLElement)
  const count = byId('dead-letters-count', HTMLElement)
  const none = element(
    'p',
    { class: 'quiet' },
    'None. What cannot be delivered is listed here with its reason.',
  )
  const list = element('div')
  const reading = element('p', { class: 'quiet', hidden: true })
  box.append(none, reading, list)
  return ({ groups, unread }) => {
    const sum = groups.reduce((sum, { deadLetters }) => sum + deadLetters, unread)
    reading.hidden = unread === 0
    setText(reading, `${number(unread)} of them have not been read yet…`)
    none.hidden = sum > 0
    count.hidden = sum === 0
    setText(count, number(sum))
    syncChildren(
      list,
      groups,
      ({ code }) => code,
      ({ code }) => openGroup(code, confirmRedrive, onError),
      showGroup,
    )
  }
}

/**
 * @param {string} code
 * @param {(choice: Choice, what: string) => Promise<void>} confirmRedrive
 * @param {(error: unknown) => void} onError
 */
function openGroup(code, confirmRedrive, onError) {
  const button = element('button', { type: 'button', 'aria-label': `Redrive all of ${code}` }, 'Redrive…')
  button.addEventListener('click', () => confirmRedrive({ code }, `all dead letters of ${code}`))
  const list = element('ol', { class: 'dead-letters' })
  const details = element(
    'details',
    {},
    element('summary', {}, 'Dead letters'),
    list,
    element('p', { class: 'quiet more' }),
  )
  const group = element(
    'article',
    { class: 'group', 'aria-label': code },
    element('h3', {}, element('code', {}, code), element('span', { class: 'size' })),
    button,
    element('p', { class: 'reason' }),
    element('p', { class: 'hint' }),
    details,
  )
  const refresh = async () => {
    if (!details.hasAttribute('open')) return
    syncChildren(
      list,
      await fetchDeadLetters(code),
      ({ messageId }) => messageId,
      (head) => openDeadLetter(head, confirmRedrive, onError),
    )
  }
  // Refresh when the user opens the list, or when the dead letters with this code have changed.
  for (const event of ['toggle', 'stale'])
    details.addEventListener(event, () => {
      refresh().catch(onError)
    })
  return group
}

/** The number of dead letters with one code that the local run returns at a time. */
const MAX_SHOWN = 50

/**
 * @param {HTMLElement} group
 * @param {DeadLetterGroup} shown
 */
function showGroup(group, { reason, hint, deadLetters: sum, size, at }) {
  for (const [part, text] of Object.entries({
    '.size': plural(sum, 'dead letter') + (size === sum ? '' : `, ${plural(size, 'record')}`),
    '.reason': reason,
    '.hint': hint,
    '.more': sum > MAX_SHOWN ? `The newest ${MAX_SHOWN} of ${number(sum)}.` : '',
  })) {
    const found = group.querySelector(part)
    if (found) setText(found, text)
  }
  const version = `${sum} ${at}`
  if (group.getAttribute('data-version') === version) return
  group.setAttribute('data-version', version)
  group.querySelector('details')?.dispatchEvent(new Event('stale'))
}

/**
 * @param {DeadLetterSummary} head
 * @param {(choice: Choice, what: string) => Promise<void>} confirmRedrive
 * @param {(error: unknown) => void} onError
 */
function openDeadLetter({ queue, messageId, at, connection, run, size, code }, confirmRedrive, onError) {
  const button = element(
    'button',
    { type: 'button', 'aria-label': `Redrive the dead letter ${messageId}` },
    'Redrive…',
  )
  button.addEventListener('click', () =>
    confirmRedrive({ deadLetter: messageId }, `one dead letter of ${code}`),
  )
  const body = element('pre', { tabindex: '0', 'aria-label': 'The dead letter' }, '…')
  const facts = [dayAndClock(at), queue, connection, run && `run ${run}`, plural(size, 'record')]
  const details = element('details', {}, element('summary', {}, facts.filter(Boolean).join(' · ')), body)
  details.addEventListener(
    'toggle',
    () => {
      fetchDeadLetter(messageId).then(({ body: text }) => setText(body, text), onError)
    },
    { once: true },
  )
  return element('li', {}, details, button)
}
