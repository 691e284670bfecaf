import { requestRedrive } from './api.js'
import { byId, element, setText } from './dom.js'
import { plural } from './format.js'

/**
 * @typedef {import('../window-redrive.ts').WindowRedriveReport} WindowRedriveReport
 * @typedef {import('./dead-letters.js').Choice} Choice
 */

/**
 * The reasons why records stay unless the user chooses otherwise, with the name and the label of that choice.
 */
const CHOICES = /** @type {const} */ ([
  [
    'includeStale',
    ['too old', 'overtaken'],
    'Also redrive old values, although newer ones may have been delivered since',
  ],
  ['includeDoubtful', ['doubtful'], 'Also redrive what Braze may already have, which would count it twice'],
])

/**
 * Prepares the dialog for a redrive.
 * @returns {(choice: Choice, what: string) => Promise<void>} a function that opens the dialog with a dry run.
 * The redrive starts once the user confirms it.
 */
export function openRedriveDialog() {
  const dialog = byId('redrive', HTMLDialogElement)
  const title = byId('redrive-title', HTMLElement)
  const text = byId('redrive-text', HTMLElement)
  const choices = byId('redrive-choices', HTMLElement)
  const command = byId('redrive-command', HTMLElement)
  const close = byId('redrive-close', HTMLButtonElement)
  const go = byId('redrive-go', HTMLButtonElement)
  /** @type {Choice & { includeStale?: boolean, includeDoubtful?: boolean }} */
  let chosen = { code: '' }

  /** @param {boolean} yes */
  const run = async (yes) => {
    const current = chosen
    go.disabled = true
    close.disabled = yes
    setText(close, 'Cancel')
    if (yes) text.replaceChildren(element('p', {}, 'Redriving, at most 100 records a second…'))
    try {
      const report = await requestRedrive({ ...current, yes })
      // The user may have opened another dead letter or changed the choices in the meantime.
      if (current === chosen) show(report)
    } catch (error) {
      go.hidden = true
      const why = error instanceof Error ? error.message : String(error)
      text.replaceChildren(element('p', { class: 'trouble' }, why))
    }
    close.disabled = false
    if (go.hidden) close.focus()
  }

  /** @param {WindowRedriveReport} report */
  const show = (report) => {
    const { done, goes } = report
    setText(command, report.command + (done ? ' --yes' : ''))
    text.replaceChildren(...(done ? doneElements(done) : planElements(report)))
    setText(go, `Redrive ${plural(goes.records, 'record')}`)
    go.disabled = done !== undefined || goes.deadLetters === 0
    go.hidden = go.disabled
    if (done) {
      choices.replaceChildren()
      setText(close, 'Close')
    } else showChoices(report)
  }

  /** @param {WindowRedriveReport} report */
  const showChoices = ({ stays }) => {
    for (const [name, reasons, label] of CHOICES) {
      const isShown = choices.querySelector(`[name=${name}]`) !== null
      if (isShown || !stays.some(({ reason }) => reasons.some((one) => one === reason))) continue
      const box = element('input', { type: 'checkbox', name })
      box.addEventListener('change', () => {
        chosen = { ...chosen, [name]: box instanceof HTMLInputElement && box.checked }
        return run(false)
      })
      choices.append(element('label', {}, box, ` ${label}`))
    }
  }

  close.addEventListener('click', () => dialog.close())
  go.addEventListener('click', () => run(true))
  return (choice, what) => {
    chosen = choice
    setText(title, `Redrive ${what}`)
    text.replaceChildren(element('p', {}, 'Reading the dead letters…'))
    choices.replaceChildren()
    setText(command, 'npm run ops -- redrive --local')
    setText(go, 'Redrive')
    go.hidden = false
    dialog.showModal()
    return run(false)
  }
}

/** @param {WindowRedriveReport} report */
function planElements({ goes, stays }) {
  const first =
    goes.deadLetters === 0
      ? 'Nothing would be redriven.'
      : `${plural(goes.records, 'record')} of ${plural(goes.deadLetters, 'dead letter')} would go to the end of the queue.`
  return [
    element('p', {}, element('strong', {}, first)),
    ...stays.map(({ records, deadLetters, why, next }) => {
      const size = records === 0 ? plural(deadLetters, 'dead letter') : plural(records, 'record')
      return element(
        'div',
        { class: 'stays' },
        element('p', {}, `${size} would stay: ${why}.`),
        element('p', { class: 'quiet' }, next),
      )
    }),
  ]
}

/** @param {NonNullable<WindowRedriveReport['done']>} done */
function doneElements({ records, complete, begun }) {
  const warnings = [
    ...(complete ? [] : ['Not everything was redriven. Nothing is lost: redrive again for the rest.']),
    ...(begun > 0
      ? [
          `A part of ${plural(begun, 'dead letter')} may already be in the queue: redrive again within five minutes, otherwise its events are delivered twice.`,
        ]
      : []),
  ]
  return [
    element('p', {}, element('strong', {}, `${plural(records, 'record')} redriven.`)),
    ...warnings.map((text) => element('p', { class: 'trouble' }, text)),
  ]
}
