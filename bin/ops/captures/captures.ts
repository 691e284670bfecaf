import { plural } from '../../local/plural.ts'
import { readCapture } from '../explain/read-capture.ts'
import { tellCapture } from '../explain/tell-capture.ts'
import { RELEASED_SECONDS } from '../redrive/list.ts'
import { type HandedCapture, LISTED_SECONDS, listNewest } from './list.ts'

export type CapturesOptions = {
  connection: string | undefined
  /** So many requests are shown. */
  last: number
  /** Show what stands in their first rows. */
  values: boolean
}

export type CapturesDeps = {
  /** Hands out captures and hides them for so many seconds. @returns none where none is visible. */
  receive: (seconds: number) => Promise<readonly HandedCapture[]>
  /** Hides captures for so many seconds from now. */
  hide: (captures: readonly Pick<HandedCapture, 'handle'>[], seconds: number) => Promise<readonly unknown[]>
  /** How many are hidden at this moment, those of this run included. SQS knows it roughly. */
  countHidden: () => Promise<number>
  now: () => number
  stop: AbortSignal
  /** Gets the lines for the person at the keyboard. */
  out: (line: string) => void
}

/**
 * Shows the newest captures, and leaves them all where they are.
 * @throws where SQS can't be asked.
 */
export async function captures(options: CapturesOptions, deps: CapturesDeps): Promise<void> {
  const held = new Map<string, Pick<HandedCapture, 'handle'>>()
  try {
    const { newest, found, complete } = await listNewest(options, deps, held)
    const hidden = (await deps.countHidden()) - held.size
    deps.out(found === 0 ? none(options) : `Captured: ${plural(found, 'request')}, ${newest.length} shown`)
    for (const { body } of newest) {
      const capture = readCapture(body)
      const lines = capture ? tellCapture(capture, options) : ['A request that another version has captured.']
      for (const line of ['', ...lines]) deps.out(line)
    }
    if (!complete) deps.out('\nThere are more than one look takes, and these may not be the newest.')
    if (hidden > 0)
      deps.out(
        `\nAbout ${hidden} more can't be seen now: somebody else looks, for ${LISTED_SECONDS} seconds at most.`,
      )
  } finally {
    await deps.hide([...held.values()], RELEASED_SECONDS)
  }
}

const none = ({ connection }: CapturesOptions) =>
  `Nothing was captured${connection === undefined ? '' : ` of ${connection}`} in the last 7 days. A connection captures with "mode": "capture" in cdk.json.`
