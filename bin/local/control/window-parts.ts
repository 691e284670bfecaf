import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { LiveCounters } from '../live-counters.ts'
import type { LookUp } from '../look-up.ts'
import type { SampleRequest } from '../samples.ts'
import type { Send } from '../send.ts'
import type { WindowRedrive } from '../window-redrive.ts'

/** What the window shows of a running bridge, and does to it, beside what the operators' commands do. */
export type WindowParts = {
  facts: WindowFacts
  counters: Pick<LiveCounters, 'totals' | 'brazeRequests'>
  deadLetters: DeadLetterBrowser
  redrive: WindowRedrive
  send: Send
  lookUp: LookUp
}

/** What stays the same as long as the run lasts. */
export type WindowFacts = {
  /** Milliseconds since the epoch. */
  startedAt: number
  webhookUrl: string
  braze: { url: string; isSimulator: boolean }
  connections: readonly string[]
  endpoints: readonly string[]
  /** Message groups of each queue. */
  lanes: number
  /** None with a real Braze, in which they would make invented people. */
  samples: readonly SampleRequest[]
}
