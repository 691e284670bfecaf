const KEPT_AS = 'control-token'

/** Another start has begun since, which takes another token. */
export class NotLetIn extends Error {}

/**
 * The link that the start prints carries the token behind `#`, where it is sent to nobody. It is kept for this tab and
 * taken out of the address, which people copy and show.
 * @returns whether there is one.
 */
export function takeToken() {
  const token = location.hash.slice(1)
  if (token !== '') {
    sessionStorage.setItem(KEPT_AS, token)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(KEPT_AS) !== null
}

/**
 * @param {string} method
 * @param {string} path
 * @param {BodyInit} [body]
 * @param {string} [contentType]
 * @returns {Promise<any>} what the address answers with, as window-shapes.ts and window-parts.ts have it.
 */
async function ask(method, path, body, contentType = 'application/json') {
  const response = await fetch(path, {
    method,
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(KEPT_AS)}`,
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body }),
  })
  if (response.status === 401)
    throw new NotLetIn('The local run has been started anew. Open the link that it prints.')
  const json = await response.json()
  if (!response.ok) throw new Error(json.message)
  return json
}

/** @param {Record<string, string>} query */
const withQuery = (path = '', query = {}) => `${path}?${new URLSearchParams(query)}`

/** @returns {Promise<import('../control/window-parts.ts').WindowFacts>} */
export const facts = () => ask('GET', '/api/window')

/** @returns {Promise<import('../control/window-shapes.ts').Live>} */
export const live = () => ask('GET', '/api/live')

/**
 * @param {string} code
 * @returns {Promise<import('../dead-letter-browser.ts').DeadLetterSummary[]>}
 */
export const letters = (code) => ask('GET', withQuery('/api/letters', { code }))

/**
 * @param {string} id
 * @returns {Promise<{ body: string }>}
 */
export const letter = (id) => ask('GET', withQuery('/api/letter', { id }))

/**
 * @param {Partial<import('../window-redrive.ts').WindowRedriveChoice> & { yes: boolean }} asked
 * @returns {Promise<import('../window-redrive.ts').WindowRedriveReport>}
 */
export const putBack = (asked) => ask('POST', '/api/put-back', JSON.stringify(asked))

/**
 * @param {{ connection: string, endpoint: string }} where
 * @param {BodyInit} body
 * @param {string} contentType
 * @returns {Promise<import('../send.ts').SendResponse>}
 */
export const send = (where, body, contentType) =>
  ask('POST', withQuery('/api/send', where), body, contentType)

/**
 * @param {string} id
 * @returns {ReturnType<import('../look-up.ts').LookUp>}
 */
export const person = (id) => ask('GET', withQuery('/api/person', { id }))

/**
 * @param {'profiles' | 'events'} queue
 * @param {boolean} enabled
 */
export const enable = (queue, enabled) =>
  ask('PUT', `/api/event-sources/${queue}`, JSON.stringify({ enabled }))
