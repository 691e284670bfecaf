import type { Lanes } from '../ops/check/lanes.ts'
import { countIn } from '../ops/check/queue-attributes.ts'
import { errorMessage } from '../ops/error-message.ts'
import { sqsAttributes } from '../ops/sqs.edge.ts'
import { findTarget } from '../ops/with-target.ts'

/** What must be known before a stage is deployed. */
export type DeployedLanes =
  | Lanes
  | 'first deployment'
  /** `isFinal`: the CDK could not deploy either, so skipping the check would not help. */
  | { problem: string; isFinal?: true }

/** Asks AWS how many lanes a stage was deployed with and how many messages wait. */
export async function lanesOf(stage: string): Promise<DeployedLanes> {
  const target = await findTarget({ kind: 'stack', stage }, {})
  if ('problem' in target) {
    const { problem, isMissing, isFinal } = target
    return isMissing ? 'first deployment' : { problem, ...(isFinal && { isFinal }) }
  }
  try {
    const attributesOf = sqsAttributes(target.sqs)
    const { queues, lanes } = target.settings
    const counts = await Promise.all(
      Object.values(queues).map(async (url) => countIn(await attributesOf(url))),
    )
    const waiting = counts.reduce((sum, count) => sum + count, 0)
    return { deployed: lanes, declared: target.declared?.lanes, waiting }
  } catch (error) {
    return { problem: `The queues of ${target.name} could not be read: ${errorMessage(error)}` }
  } finally {
    target.close()
  }
}
