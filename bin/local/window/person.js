import { fetchPerson } from './api.js'
import { byId, element } from './dom.js'
import { inline, plural } from './format.js'

/** @typedef {import('../look-up.ts').Person} Person */

/**
 * Shows what Braze holds about one person.
 * @param {{ url: string, isSimulator: boolean }} braze
 * @returns {() => Promise<void>} a function that looks the person up again, with the simulator only.
 */
export function openPerson(braze) {
  const form = byId('look-up', HTMLFormElement)
  const field = byId('person-id', HTMLInputElement)
  const box = byId('person', HTMLElement)
  box.append(quiet('Profile and events of one person.'))
  let id = ''
  let lastShown = ''

  const refresh = async () => {
    const requested = id
    const found = await fetchPerson(requested)
    const text = JSON.stringify(found)
    if (requested !== id || text === lastShown) return
    lastShown = text
    if ('person' in found) box.replaceChildren(...profileElements(found.person))
    else
      box.replaceChildren(
        quiet('nobody' in found ? `Braze has no profile with the id ${requested}.` : found.unavailable),
      )
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    id = field.value.trim()
    lastShown = ''
    refresh().catch((error) => box.replaceChildren(quiet(String(error))))
  })
  return async () => {
    // A real Braze allows only few such requests per hour.
    if (braze.isSimulator && id !== '') await refresh()
  }
}

/** @param {string} text */
const quiet = (text) => element('p', { class: 'quiet' }, text)

/**
 * @param {Person} person
 * @returns {HTMLElement[]}
 */
function profileElements({ ids, attributes, events, eventsInAll }) {
  const names = Object.keys(attributes)
  return [
    table('Identifiers', Object.entries(ids)),
    names.length === 0 ? quiet('No attributes.') : table('Attributes', Object.entries(attributes), typeOf),
    quiet(
      eventsInAll > events.length
        ? `The latest ${events.length} of ${plural(eventsInAll, 'event')}`
        : plural(eventsInAll, 'event'),
    ),
    element(
      'ul',
      { class: 'events' },
      ...events.map(({ name, time, more }) =>
        element('li', {}, element('b', {}, name), ` ${time} `, element('code', {}, inline(more))),
      ),
    ),
  ]
}

/**
 * The type that Braze holds a value as. The text 7 and the number 7 look the same, and segments treat them
 * differently.
 * @param {unknown} value
 */
function typeOf(value) {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'true or false'
  return Array.isArray(value) ? 'list' : 'object'
}

/**
 * @param {string} label
 * @param {[string, unknown][]} entries
 * @param {(value: unknown) => string} noteOf what is shown behind a value.
 */
const table = (label, entries, noteOf = () => '') =>
  element(
    'dl',
    { 'aria-label': label },
    ...entries.flatMap(([name, value]) => [
      element('dt', {}, name),
      element('dd', {}, inline(value), ' ', element('small', { class: 'quiet' }, noteOf(value))),
    ]),
  )
