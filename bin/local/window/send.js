import { explain, submit } from './api.js'
import { CUTTING, checkElements, verdictElements } from './check.js'
import { byId, element, setText } from './dom.js'
import { number } from './format.js'

/**
 * @typedef {import('../control/parts.ts').WindowFacts & { curl: string }} WindowFacts
 * @typedef {{ connection: string, endpoint: string }} Destination
 */

/**
 * The type of a file for which the browser knows none. The receiver detects the format from the body itself.
 */
const BYTES = 'application/octet-stream'

const MIB = 1024 * 1024

/**
 * Prepares the form that checks a sample, text or a file, and sends it as ActionIQ would.
 * @param {WindowFacts} facts
 */
export function openSendForm({ samples, endpoints, connections, braze, maxBodyBytes, curl }) {
  openOutside(curl)
  const form = byId('send', HTMLFormElement)
  const sample = byId('send-sample', HTMLSelectElement)
  const endpoint = byId('send-endpoint', HTMLSelectElement)
  const connection = byId('send-connection', HTMLSelectElement)
  const text = byId('send-body', HTMLTextAreaElement)
  const file = byId('send-file', HTMLInputElement)
  const go = byId('send-go', HTMLButtonElement)
  sample.append(...samples.map(({ file: name }) => element('option', {}, name)))
  endpoint.append(...endpoints.map((name) => element('option', {}, name)))
  connection.append(...connections.map((name) => element('option', {}, name)))
  if (!braze.isSimulator) sample.disabled = true

  /**
   * Passes on what is chosen. A check and a send must not differ in it.
   * @template Answer
   * @param {(destination: Destination, body: BodyInit, contentType: string) => Promise<Answer>} request
   */
  const passTo = async (request) => {
    const chosen = file.files?.[0]
    const body = chosen ?? new Blob([text.value])
    const destination = { connection: connection.value, endpoint: endpoint.value }
    if (body.size > maxBodyBytes) throw new Error(tooLarge(body.size, maxBodyBytes))
    if (!(await isReadable(body))) {
      file.value = ''
      text.disabled = false
      throw new Error('The file has changed since it was chosen, or cannot be read. Choose it again.')
    }
    const answer = await request(destination, body, chosen ? chosen.type || BYTES : 'application/json')
    return { ...destination, answer }
  }

  /** The number of checks and sends so far. A check that another one has overtaken is not shown. */
  let begun = 0
  let isCheckShown = false

  const check = async () => {
    begun += 1
    const mine = begun
    isCheckShown = true
    if (file.value !== '') show([element('span', { class: 'quiet' }, 'Checking the file…')])
    try {
      const { answer, ...destination } = await passTo(explain)
      if (mine === begun) show(verdictElements(answer, destination), checkElements(answer, destination))
    } catch (error) {
      if (mine === begun) showError(error)
    }
  }

  const send = async () => {
    begun += 1
    isCheckShown = false
    go.disabled = true
    try {
      const { answer, ...destination } = await passTo(submit)
      showResponse(answer, destination)
    } catch (error) {
      showError(error)
    }
    go.disabled = false
  }

  sample.addEventListener('change', () => {
    const chosen = samples.find(({ file: name }) => name === sample.value)
    if (!chosen) return undefined
    text.value = chosen.body
    endpoint.value = chosen.endpoint
    connection.value = chosen.connection
    file.value = ''
    text.disabled = false
    return check()
  })
  text.addEventListener('input', () => {
    sample.value = ''
  })
  file.addEventListener('change', () => {
    text.disabled = file.value !== ''
    return text.disabled ? check() : undefined
  })
  for (const select of [endpoint, connection])
    select.addEventListener('change', () => (isCheckShown || file.value !== '' ? check() : undefined))
  byId('send-check', HTMLButtonElement).addEventListener('click', check)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    return send()
  })
}

/**
 * Shows how to send from another program.
 * @param {string} curl
 */
function openOutside(curl) {
  setText(byId('outside-curl', HTMLElement), curl)
  const copy = byId('outside-copy', HTMLButtonElement)
  copy.addEventListener('click', async () => {
    // Without the permission, the line can still be selected.
    const isCopied = await navigator.clipboard.writeText(curl).then(
      () => true,
      () => false,
    )
    setText(copy, isCopied ? 'Copied' : 'Select the line and copy it')
  })
}

/**
 * Whether the body can be read for a request. Chromium does not read a file that has changed since it was chosen.
 * @param {Blob} body
 */
const isReadable = (body) =>
  body
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    )

/**
 * @param {number} bytes
 * @param {number} maxBytes
 */
const tooLarge = (bytes, maxBytes) =>
  `A request may have at most ${maxBytes / MIB} MiB, and this one has ${(bytes / MIB).toFixed(1)} MiB. ${CUTTING}`

/**
 * @param {readonly (Node | string)[]} head one line, which screen readers read out.
 * @param {readonly Node[]} body
 */
function show(head, body = []) {
  byId('answer-head', HTMLElement).replaceChildren(...head)
  byId('answer-body', HTMLElement).replaceChildren(...body)
  byId('answer', HTMLElement).scrollTop = 0
}

/** @param {unknown} error */
const showError = (error) =>
  show([element('span', { class: 'trouble' }, error instanceof Error ? error.message : String(error))])

/**
 * @param {import('../send.ts').SendResponse} response
 * @param {Destination} destination
 */
function showResponse({ status, body, ms }, { endpoint }) {
  const badge = element('span', { class: status < 300 ? 'badge good' : 'badge bad' }, String(status))
  show(
    [badge, ` ${countsOf(body)}${endpoint}, ${ms} ms`],
    [element('pre', { tabindex: '0', 'aria-label': 'Answer' }, body)],
  )
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
