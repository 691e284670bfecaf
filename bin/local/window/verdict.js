import { byId, element, setText } from './dom.js'

/** @typedef {import('../control/shapes.ts').Live} Live */

const TITLE = document.title

/**
 * Shows how the bridge is: in a banner, the title and the icon of the page. While all is well, there is no banner.
 * @returns {(verdict: Live['verdict']) => void}
 */
export function openVerdict() {
  const banner = byId('verdict', HTMLElement)
  const [headline, meaning, command] = ['verdict-headline', 'verdict-meaning', 'verdict-command'].map((id) =>
    byId(id, HTMLElement),
  )
  const icon = byId('icon', HTMLLinkElement)
  return (verdict) => {
    const isWell = verdict.severity === 'ok'
    banner.hidden = isWell
    banner.setAttribute('data-severity', verdict.severity)
    if (headline) setText(headline, isWell ? '' : verdict.headline)
    if (meaning) setText(meaning, verdict.meaning)
    if (command && command.textContent !== (verdict.command ?? ''))
      command.replaceChildren(
        ...(verdict.command === undefined ? [] : [element('code', {}, verdict.command)]),
      )
    document.title = isWell ? TITLE : `${verdict.headline} ${TITLE}`
    const href = verdict.severity === 'problem' ? '/icon-problem.svg' : '/icon.svg'
    if (icon.getAttribute('href') !== href) icon.setAttribute('href', href)
  }
}
