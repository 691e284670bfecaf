const TOKEN_KEY = 'control-token'

/** Another start has begun since, which takes another token. */
export class TokenRejected extends Error {}

/**
 * The link that the start prints carries the token behind `#`, where it is sent to nobody. It is kept for this tab and
 * taken out of the address, which people copy and show.
 * @returns whether there is one.
 */
export function takeToken() {
  const token = location.hash.slice(1)
  if (token !== '') {
    sessionStorage.setItem(TOKEN_KEY, token)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(TOKEN_KEY) !== null
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
      authorization: `Bearer ${sessionStorage.getItem(TOKEN_KEY)}`,
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body }),
  })
  if (response.status === 401)
    throw new TokenRejected('The local run has been started anew. Open the link that it prints.')
  const json = await response.json()
  if (!response.ok) throw new Error(json.message)
  return json
}

/** @param {Record<string, string>} query */
const withQuery = (path = '', query = {}) => `${path}?${new URLSearchParams(query)}`

/** @returns {Promise<import('../control/window-parts.ts').WindowFacts>} */
export const fetchFacts = () => ask('GET', '/api/window')

/** @returns {Promise<import('../control/window-shapes.ts').Live>} */
export const fetchLive = () => ask('GET', '/api/live')

/**
 * @param {string} code
 * @returns {Promise<import('../dead-letter-browser.ts').DeadLetterSummary[]>}
 */
export const fetchDeadLetters = (code) => ask('GET', withQuery('/api/letters', { code }))

/**
 * @param {string} id
 * @returns {Promise<{ body: string }>}
 */
export const fetchDeadLetter = (id) => ask('GET', withQuery('/api/letter', { id }))

/**
 * @param {Partial<import('../window-redrive.ts').WindowRedriveChoice> & { yes: boolean }} request
 * @returns {Promise<import('../window-redrive.ts').WindowRedriveReport>}
 */
export const requestRedrive = (request) => ask('POST', '/api/put-back', JSON.stringify(request))

/**
 * @param {{ connection: string, endpoint: string }} destination
 * @param {BodyInit} body
 * @param {string} contentType
 * @returns {Promise<import('../send.ts').SendResponse>}
 */
export const submit = (destination, body, contentType) =>
  ask('POST', withQuery('/api/send', destination), body, contentType)

/**
 * @param {string} id
 * @returns {ReturnType<import('../look-up.ts').LookUp>}
 */
export const fetchPerson = (id) => ask('GET', withQuery('/api/person', { id }))

/**
 * @param {'profiles' | 'events'} queue
 * @param {boolean} enabled
 */
export const setEnabled = (queue, enabled) =>
  ask('PUT', `/api/event-sources/${queue}`, JSON.stringify({ enabled }))
