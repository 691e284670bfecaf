import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { LiveCounters } from '../live-counters.ts'
import type { LookUp } from '../look-up.ts'
import type { SampleRequest } from '../samples.ts'
import type { Send } from '../send.ts'
import type { WindowRedrive } from '../window-redrive.ts'

/** The parts of a running bridge that only the window uses, not the operators' commands. */
export type WindowParts = {
  facts: WindowFacts
  counters: Pick<LiveCounters, 'totals' | 'brazeRequests'>
  deadLetters: DeadLetterBrowser
  redrive: WindowRedrive
  send: Send
  lookUp: LookUp
}

/** Facts that do not change during a run. */
export type WindowFacts = {
  /** Milliseconds since the epoch. */
  startedAt: number
  webhookUrl: string
  braze: { url: string; isSimulator: boolean }
  connections: readonly string[]
  endpoints: readonly string[]
  /** The number of message groups in each queue. */
  lanes: number
  /** Empty with a real Braze, where the samples would create invented people. */
  samples: readonly SampleRequest[]
}
