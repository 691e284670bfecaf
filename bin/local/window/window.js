import { fetchFacts, fetchLive, TokenRejected, takeToken } from './api.js'
import { openDeadLetters } from './dead-letters.js'
import { byId, element, setText } from './dom.js'
import { clock } from './format.js'
import { openPerson } from './person.js'
import { openInbound, openPipeline, openRequests } from './pipeline.js'
import { openRedriveDialog } from './redrive.js'
import { openRehearsal } from './rehearsal.js'
import { openSendForm } from './send.js'
import { openVerdict } from './verdict.js'

const POLL_EVERY_MS = 500

/** How to open the page. Each start creates a new token, so an old link no longer works. */
const CLOSED = {
  'no token': {
    title: 'This page needs a token',
    text: 'Open the link that npm start prints as “Window” in the terminal. It ends with the token.',
  },
  'another start': {
    title: 'This page belongs to an earlier start',
    text: 'The local run has been restarted since. Open the link that it prints as “Window” in the terminal.',
  },
}

/**
 * @param {keyof typeof CLOSED} why
 */
function close(why) {
  setText(byId('closed-title', HTMLElement), CLOSED[why].title)
  setText(byId('closed-text', HTMLElement), CLOSED[why].text)
  byId('closed', HTMLElement).hidden = false
  byId('open', HTMLElement).hidden = true
  showState('closed', 'Closed')
}

/**
 * @param {string} state
 * @param {string} text
 */
function showState(state, text) {
  document.body.setAttribute('data-state', state)
  setText(byId('state', HTMLElement), text)
}

/** @param {import('./send.js').WindowFacts} facts */
function open(facts) {
  const braze = facts.braze.isSimulator
    ? element(
        'a',
        { href: `${facts.braze.url}/simulator`, target: '_blank', rel: 'noreferrer' },
        'a simulated Braze',
      )
    : facts.braze.url
  byId('where', HTMLElement).replaceChildren(
    'on this machine, into ',
    braze,
    `, counted since ${clock(facts.startedAt)}`,
  )
  const onError = (/** @type {unknown} */ error) => {
    if (error instanceof TokenRejected) close('another start')
  }
  const showVerdict = openVerdict()
  const showPipeline = openPipeline(facts.lanes, onError)
  const showDeadLetters = openDeadLetters(openRedriveDialog(), onError)
  const showInbound = openInbound()
  const showRequests = openRequests()
  const refreshPerson = openPerson(facts.braze)
  openSendForm(facts)
  openRehearsal(facts.braze.isSimulator, onError)
  byId('open', HTMLElement).hidden = false
  return async () => {
    const now = await fetchLive()
    showVerdict(now.verdict)
    showPipeline(now)
    showDeadLetters(now.deadLetters)
    showInbound(now.inboundRequests)
    showRequests(now.brazeRequests)
    if (now.verdict.severity === 'problem') showState('held', 'Rows are held')
    else showState('live', 'Live')
    await refreshPerson()
  }
}

/** Resolves once the tab is visible. A tab in the background does not poll, because nobody looks at it. */
const untilVisible = () =>
  new Promise((resolve) => {
    if (document.visibilityState === 'visible') resolve(undefined)
    else document.addEventListener('visibilitychange', resolve, { once: true })
  })

async function run() {
  if (!takeToken()) return close('no token')
  /** @type {(() => Promise<void>) | undefined} */
  let refresh
  let seenAt = Date.now()
  for (;;) {
    await untilVisible()
    try {
      refresh ??= open(await fetchFacts())
      await refresh()
      byId('open', HTMLElement).inert = false
      seenAt = Date.now()
    } catch (error) {
      if (error instanceof TokenRejected) return close('another start')
      byId('open', HTMLElement).inert = true
      showState('gone', `The local run does not answer. The figures are from ${clock(seenAt)}.`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS))
  }
}

// The link of another start was opened in this tab. The page reloads to read its token.
addEventListener('hashchange', () => location.reload())
await run()
