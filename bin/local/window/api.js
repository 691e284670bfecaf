const TOKEN_KEY = 'control-token'

/** The local run has been restarted and now requires another token. */
export class TokenRejected extends Error {}

/**
 * Reads the token from the link that a start prints. The token is behind `#`, so the browser sends it to no
 * server. It is stored for this tab and removed from the address, because people copy and show addresses.
 * @returns whether this tab has a token.
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
 * @returns {Promise<any>} the answer, whose type is in window-shapes.ts or window-parts.ts.
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
    throw new TokenRejected('The local run has been restarted. Open the link that it prints.')
  const json = await response.json()
  if (!response.ok) throw new Error(json.message)
  return json
}

/** @param {Record<string, string>} query */
const withQuery = (path = '', query = {}) => `${path}?${new URLSearchParams(query)}`

/** @returns {Promise<import('./send.js').WindowFacts>} */
export const fetchFacts = () => ask('GET', '/api/window')

/** @returns {Promise<import('../control/shapes.ts').Live>} */
export const fetchLive = () => ask('GET', '/api/live')

/**
 * @param {string} code
 * @returns {Promise<import('../dead-letter-browser.ts').DeadLetterSummary[]>}
 */
export const fetchDeadLetters = (code) => ask('GET', withQuery('/api/dead-letters', { code }))

/**
 * @param {string} id
 * @returns {Promise<{ body: string }>} the dead letter, indented if it is JSON.
 */
export const fetchDeadLetter = (id) => ask('GET', withQuery('/api/dead-letter', { id }))

/**
 * @param {Partial<import('../window-redrive.ts').WindowRedriveChoice> & { yes: boolean }} request
 * @returns {Promise<import('../window-redrive.ts').WindowRedriveReport>}
 */
export const requestRedrive = (request) => ask('POST', '/api/redrive', JSON.stringify(request))

/**
 * @param {{ connection: string, endpoint: string }} destination
 * @param {BodyInit} body
 * @param {string} contentType
 * @returns {Promise<import('../send.ts').SendResponse>} the answer, whose body is indented if it is JSON.
 */
export const submit = (destination, body, contentType) =>
  ask('POST', withQuery('/api/send', destination), body, contentType)

/**
 * @param {{ connection: string, endpoint: string }} destination
 * @param {BodyInit} body
 * @param {string} contentType
 * @returns {Promise<import('../explain.ts').Explained>} how the body would be read. Nothing is sent.
 */
export const explain = (destination, body, contentType) =>
  ask('POST', withQuery('/api/explain', destination), body, contentType)

/**
 * Makes the simulated Braze answer like this for a minute.
 * @param {string} answer
 */
export const rehearse = (answer) => ask('POST', '/api/rehearsal', JSON.stringify({ answer }))

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
