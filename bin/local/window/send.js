import { submit } from './api.js'
import { byId, element } from './dom.js'
import { number } from './format.js'

/** @typedef {import('../control/parts.ts').WindowFacts} WindowFacts */

/**
 * The type of a file for which the browser knows none. The receiver detects the format from the body itself.
 */
const BYTES = 'application/octet-stream'

/**
 * Prepares the form that sends a sample, a text or a file as ActionIQ would.
 * @param {WindowFacts} facts
 */
export function openSendForm({ samples, endpoints, connections, braze }) {
  const form = byId('send', HTMLFormElement)
  const sample = byId('send-sample', HTMLSelectElement)
  const endpoint = byId('send-endpoint', HTMLSelectElement)
  const connection = byId('send-connection', HTMLSelectElement)
  const text = byId('send-body', HTMLTextAreaElement)
  const file = byId('send-file', HTMLInputElement)
  sample.append(...samples.map(({ file: name }) => element('option', {}, name)))
  endpoint.append(...endpoints.map((name) => element('option', {}, name)))
  connection.append(...connections.map((name) => element('option', {}, name)))
  if (!braze.isSimulator) sample.disabled = true

  sample.addEventListener('change', () => {
    const chosen = samples.find(({ file: name }) => name === sample.value)
    if (!chosen) return
    text.value = chosen.body
    endpoint.value = chosen.endpoint
    connection.value = chosen.connection
    file.value = ''
    file.dispatchEvent(new Event('change'))
  })
  text.addEventListener('input', () => {
    sample.value = ''
  })
  file.addEventListener('change', () => {
    text.disabled = file.value !== ''
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const chosen = file.files?.[0]
    const destination = { connection: connection.value, endpoint: endpoint.value }
    const sent = chosen
      ? submit(destination, chosen, chosen.type || BYTES)
      : submit(destination, text.value, 'application/json')
    return showResponse(form, destination, sent)
  })
}

/**
 * @param {HTMLFormElement} form
 * @param {{ connection: string, endpoint: string }} destination
 * @param {ReturnType<typeof submit>} sent
 */
async function showResponse(form, { endpoint }, sent) {
  const button = form.querySelector('button')
  button?.toggleAttribute('disabled', true)
  const answer = byId('answer', HTMLElement)
  try {
    const { status, body, ms } = await sent
    const badge = element('span', { class: status < 300 ? 'badge good' : 'badge bad' }, String(status))
    answer.replaceChildren(
      element('p', {}, badge, ` ${countsOf(body)}${endpoint}, ${ms} ms`),
      element('pre', { tabindex: '0', 'aria-label': 'Answer' }, body),
    )
  } catch (error) {
    answer.replaceChildren(
      element('p', { class: 'trouble' }, error instanceof Error ? error.message : String(error)),
    )
  }
  button?.toggleAttribute('disabled', false)
}

/**
 * @param {string} body the receiver's answer, which has counts, or Braze's own, which has none.
 */
function countsOf(body) {
  try {
    const { accepted, rejected } = JSON.parse(body)
    return typeof accepted === 'number' ? `${number(accepted)} accepted, ${number(rejected)} parked: ` : ''
  } catch {
    return ''
  }
}
