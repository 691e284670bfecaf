import { facts, live, NotLetIn, takeToken } from './api.js'
import { byId, element, setText } from './dom.js'
import { clock } from './format.js'
import { openLetters } from './letters.js'
import { openPerson } from './person.js'
import { openPutBack } from './put-back.js'
import { openRequests } from './requests.js'
import { openSend } from './send.js'
import { openWay } from './way.js'

const LOOK_EVERY_MS = 500

/** How to open it: the token is new with every start. */
const CLOSED = {
  'no token': {
    title: 'This page needs the token of its start',
    text: 'Open the link that npm start prints as “Window” in the terminal. It ends with the token.',
  },
  'another start': {
    title: 'This is another start’s page',
    text: 'The local run has been started anew since. Open the link that it prints as “Window” in the terminal.',
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

/** @param {import('../control/window-parts.ts').WindowFacts} told */
function open(told) {
  const braze = told.braze.isSimulator
    ? element(
        'a',
        { href: `${told.braze.url}/simulator`, target: '_blank', rel: 'noreferrer' },
        'a simulated Braze',
      )
    : told.braze.url
  byId('where', HTMLElement).replaceChildren(
    'on this machine, into ',
    braze,
    `, counted since ${clock(told.startedAt)}`,
  )
  const onTrouble = (/** @type {unknown} */ error) => {
    if (error instanceof NotLetIn) close('another start')
  }
  const showWay = openWay(told.lanes, onTrouble)
  const showLetters = openLetters(openPutBack(), onTrouble)
  const showRequests = openRequests()
  const lookAgain = openPerson(told.braze)
  openSend(told)
  byId('open', HTMLElement).hidden = false
  return async () => {
    const now = await live()
    showWay(now)
    showLetters(now.letters)
    showRequests(now.brazeRequests)
    showState('live', 'Live')
    await lookAgain()
  }
}

/** Nobody looks at a tab in the background, so it asks nothing. */
const untilVisible = () =>
  new Promise((resolve) => {
    if (document.visibilityState === 'visible') resolve(undefined)
    else document.addEventListener('visibilitychange', resolve, { once: true })
  })

async function run() {
  if (!takeToken()) return close('no token')
  /** @type {(() => Promise<void>) | undefined} */
  let look
  for (;;) {
    await untilVisible()
    try {
      look ??= open(await facts())
      await look()
    } catch (error) {
      if (error instanceof NotLetIn) return close('another start')
      showState('gone', 'The local run does not answer')
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

// The link of another start, opened in this tab.
addEventListener('hashchange', () => location.reload())
await run()
