import { byId, element, syncChildren } from './dom.js'
import { clock, number, plural } from './format.js'

/** @typedef {import('../live-counters.ts').LoggedBrazeRequest} BrazeRequest */

/**
 * Shows the latest requests to Braze, newest first.
 * @returns {(requests: readonly BrazeRequest[]) => void}
 */
export function openRequests() {
  const rows = byId('requests', HTMLElement)
  const none = byId('no-requests', HTMLElement)
  return (requests) => {
    none.hidden = requests.length > 0
    syncChildren(rows, requests, (request) => String(request.number), rowOf)
  }
}

/** @param {BrazeRequest} request */
function rowOf({ at, status, profiles, events, purchases, ms }) {
  const objects = [
    profiles > 0 && plural(profiles, 'profile'),
    events > 0 && plural(events, 'event'),
    purchases > 0 && plural(purchases, 'purchase'),
  ]
  const isGood = typeof status === 'number' && status < 300
  return element(
    'tr',
    {},
    element('td', {}, clock(at)),
    element('td', {}, element('span', { class: isGood ? 'badge good' : 'badge bad' }, String(status))),
    element('td', {}, objects.filter(Boolean).join(', ')),
    element('td', { class: 'number' }, number(ms)),
  )
}
