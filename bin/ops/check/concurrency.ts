import { formatCount } from '../../cli/plural.ts'
import type { Bridge } from '../bridge.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { QUEUE_NAMES } from '../queue-names.ts'

/** An estimate: `prod` accepts 100 requests a second, and the receiver takes about 50 ms for a small one. */
const RECEIVER_EXECUTIONS = 5

const ABOUT = 'Concurrency'

/**
 * Checks that the account may run enough functions at a time for both queues and the receiver: a new account starts
 * with 10 (Lambda developer guide, "Lambda quotas"). A local run has no such limit.
 */
export async function checkConcurrency({
  accountConcurrency,
  eventSources,
}: Pick<Bridge, 'accountConcurrency' | 'eventSources'>): Promise<Finding[]> {
  if (!accountConcurrency) return []
  const sources = await eventSources()
  const ofQueues = QUEUE_NAMES.map((queue) => sources[queue].maxConcurrency)
  try {
    return [judgeConcurrency(await accountConcurrency(), ofQueues)]
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AccessDeniedException') throw error
    return [
      note(
        ABOUT,
        'not checked, because these credentials lack the permission lambda:GetAccountSettings',
        'Grant the permission and run this command again, or look up "Concurrent executions" of AWS Lambda in the Service Quotas console.',
      ),
    ]
  }
}

/**
 * @param available how many functions without a reservation of their own the account may run at a time.
 * @param ofQueues the most workers of each queue; undefined if its event source has no limit.
 */
export function judgeConcurrency(available: number, ofQueues: readonly (number | undefined)[]): Finding {
  const workers = ofQueues.reduce<number>((sum, most = Number.POSITIVE_INFINITY) => sum + most, 0)
  if (!Number.isFinite(workers))
    return problem(
      ABOUT,
      'an event source has no maximum concurrency, so the requests to Braze may exceed their budget',
      'It was removed by hand. Set it in the Lambda console to the value of queues.*.concurrency in cdk.json.',
    )
  const needed = workers + RECEIVER_EXECUTIONS
  if (available >= needed)
    return ok(ABOUT, `the account may run ${formatCount(available)} functions at a time`)
  return problem(
    ABOUT,
    `the account may run ${formatCount(available)} functions at a time, and the workers alone may need ${formatCount(workers)}. While rows wait, too few are left for the receiver: requests are answered 5xx, and senders have to repeat them`,
    `Request at least ${formatCount(needed)} "Concurrent executions" of AWS Lambda for this region in the Service Quotas console, or lower queues.*.concurrency in cdk.json and deploy: npm run deploy.`,
  )
}
