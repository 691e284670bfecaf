import { setEnabled } from './api.js'
import { byId, element, setText, syncChildren } from './dom.js'
import { age, clock, number, plural } from './format.js'

/** @typedef {import('../control/shapes.ts').Live} Live */

const QUEUES = /** @type {const} */ (['profiles', 'events'])

/** With fewer messages, even the tallest bar is not full, so that one message does not look like a flood. */
const LEAST_FULL = 5

/**
 * Shows the stages through which records pass, and the two queues with their lanes.
 * @param {number} lanes
 * @param {(error: unknown) => void} onError
 * @returns {(live: Live) => void} a function that shows new figures.
 */
export function openPipeline(lanes, onError) {
  const counts = [...document.querySelectorAll('[data-count]')]
  const queues = QUEUES.map((name) => openQueue(name, lanes, onError))
  byId('queues', HTMLElement).append(...queues.map(({ box }) => box))
  return (live) => {
    const { profiles, events } = live.queues
    /** @type {Record<string, number>} */
    const figures = {
      ...live.totals,
      waiting: profiles.waiting + events.waiting,
      inFlight: profiles.inFlight + events.inFlight,
    }
    for (const count of counts) showCount(count, figures[count.getAttribute('data-count') ?? ''] ?? 0)
    for (const queue of queues) queue.show(live)
  }
}

/**
 * @param {Element} count
 * @param {number} value
 */
function showCount(count, value) {
  const text = number(value)
  if (count.textContent === text) return
  setText(count, text)
  count.parentElement?.setAttribute('data-zero', String(value === 0))
  count.animate?.([{ opacity: 0.35 }, { opacity: 1 }], { duration: 350 })
}

/**
 * @param {'profiles' | 'events'} name
 * @param {number} lanes
 * @param {(error: unknown) => void} onError
 */
function openQueue(name, lanes, onError) {
  const figures = element('p', { class: 'figures' })
  const badge = element('span', { class: 'badge bad' }, 'paused')
  const button = element('button', { type: 'button' }, 'Pause')
  const bars = element('div', { class: 'lanes', role: 'img' })
  const box = element(
    'section',
    { class: 'queue', 'aria-label': `Queue ${name}` },
    element('div', {}, element('h2', {}, name, ' ', badge), figures),
    bars,
    button,
  )
  let enabled = true
  button.addEventListener('click', () => {
    setEnabled(name, !enabled).catch(onError)
  })
  /** @param {Live} live */
  const show = ({ queues, now }) => {
    const queue = queues[name]
    enabled = queue.enabled
    box.toggleAttribute('data-paused', !enabled)
    badge.hidden = enabled
    setText(button, enabled ? 'Pause' : 'Resume')
    button.setAttribute('aria-label', `${enabled ? 'Pause' : 'Resume'} ${name}`)
    const oldest = queue.oldestSentAt === undefined ? '' : `, oldest ${age(now - queue.oldestSentAt)}`
    setText(figures, `${number(queue.waiting)} queued, ${number(queue.inFlight)} in flight${oldest}`)
    showLanes(bars, lanes, queue.lanes)
  }
  return { box, show }
}

/**
 * @param {HTMLElement} bars
 * @param {number} lanes
 * @param {Live['queues']['profiles']['lanes']} laneCounts
 */
function showLanes(bars, lanes, laneCounts) {
  const byName = new Map(laneCounts.map((lane) => [lane.lane, lane]))
  const full = Math.max(LEAST_FULL, ...laneCounts.map(({ waiting, inFlight }) => waiting + inFlight))
  const all = Array.from({ length: lanes }, (_, index) => {
    const name = `lane-${index}`
    return byName.get(name) ?? { lane: name, waiting: 0, inFlight: 0 }
  })
  syncChildren(
    bars,
    all,
    ({ lane }) => lane,
    () => element('i', {}, element('i'), element('i')),
    (bar, { lane, waiting, inFlight }) => {
      bar.title = `${lane}: ${number(waiting)} queued, ${number(inFlight)} in flight`
      const parts = [...bar.children]
      for (const [index, size] of [waiting, inFlight].entries()) {
        const part = parts[index]
        if (part instanceof HTMLElement) part.style.height = `${(100 * size) / full}%`
      }
    },
  )
  const busy = laneCounts.filter(({ waiting, inFlight }) => waiting + inFlight > 0).length
  bars.setAttribute('aria-label', `${busy} of ${lanes} lanes hold messages`)
}

/**
 * @typedef {import('../live-counters.ts').LoggedBrazeRequest} BrazeRequest
 * @typedef {import('../live-counters.ts').LoggedInboundRequest} InboundRequest
 */

/** Shows the latest requests to Braze, newest first. */
export const openRequests = () => openList('requests', rowOf)

/** Shows the latest requests of senders, newest first. */
export const openInbound = () => openList('inbound', inboundRowOf)

/**
 * @template {{ number: number }} Item
 * @param {string} id
 * @param {(item: Item) => HTMLElement} make
 * @returns {(items: readonly Item[]) => void}
 */
function openList(id, make) {
  const rows = byId(id, HTMLElement)
  const none = byId(`no-${id}`, HTMLElement)
  // Whoever has no mouse scrolls the list with the arrow keys, once it has the focus.
  byId(`${id}-scroll`, HTMLElement).tabIndex = 0
  return (items) => {
    none.hidden = items.length > 0
    syncChildren(rows, items, (item) => String(item.number), make)
  }
}

/** @param {InboundRequest} request */
function inboundRowOf({ at, status, endpoint = '', connection = '', accepted, rejected, problem, ms }) {
  const rows = [`${number(accepted)} accepted`, rejected > 0 && `${number(rejected)} rejected`]
  return element(
    'tr',
    {},
    element('td', {}, clock(at)),
    element('td', {}, badge(status, status < 300)),
    element('td', {}, connection === 'default' ? endpoint : [connection, endpoint].filter(Boolean).join(' ')),
    element('td', {}, problem ?? rows.filter(Boolean).join(', ')),
    element('td', { class: 'number' }, number(ms)),
  )
}

/**
 * @param {number | string} status
 * @param {boolean} isGood
 */
const badge = (status, isGood) =>
  element('span', { class: isGood ? 'badge good' : 'badge bad' }, String(status))

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
    element('td', {}, badge(status, isGood)),
    element('td', {}, objects.filter(Boolean).join(', ')),
    element('td', { class: 'number' }, number(ms)),
  )
}
