import { toBatches } from '../../functions/shared/batches.ts'
import type { Figure } from './figure.ts'
import { deliverAll, receiveAll, TAKES_ALL } from './pipeline.ts'
import { requestsOf } from './requests-of.ts'
import type { Options } from './sections.ts'
import { workload } from './workload.ts'

const LANES = [4, 8, 16, 32, 64]
const ROWS = 100_000
const ROWS_PER_REQUEST = 5_000

/** SQS bills each 64 KB of a call as one request (SQS pricing). */
const BILLED_BYTES = 64 * 1024

/** The curve by which the number of lanes was chosen. More of them let more workers run, and make messages smaller. */
export async function lanes({ seed }: Options): Promise<Figure[]> {
  const posts = requestsOf(workload(ROWS, { seed, repeats: 0.2 }), ROWS_PER_REQUEST)
  const figures: Figure[] = []
  for (const number of LANES) {
    let sends = 0
    let messages = 0
    let requests = 0
    for (const post of posts) {
      const received = await receiveAll([post], { lanes: number })
      messages += received.messages.length
      for (const batch of toBatches(received.messages))
        sends += Math.ceil(batch.reduce((sum, { body }) => sum + body.length, 0) / BILLED_BYTES)
      await deliverAll(received.messages, () => {
        requests += 1
        return TAKES_ALL
      })
    }
    const perMillion = (count: number) => (count * 1_000_000) / ROWS
    figures.push(
      { name: `${number} lanes: messages`, value: perMillion(messages), unit: '' },
      { name: `${number} lanes: billed calls to send them`, value: perMillion(sends), unit: '' },
      { name: `${number} lanes: requests to Braze`, value: perMillion(requests), unit: '' },
    )
  }
  return figures
}
