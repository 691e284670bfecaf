import { formatCount, plural } from '../../cli/plural.ts'
import { type Finding, note, ok, problem } from '../finding.ts'

export type Lanes = {
  /** Number of lanes that the stack was deployed with. */
  deployed: number
  /** Number of lanes in cdk.json; absent if there is none to compare with. */
  declared: number | undefined
  /** Messages in both queues, in flight or not. */
  waiting: number
}

/**
 * A person's lane is a hash modulo the number of lanes. After a change of that number, a new record could be
 * in another lane than the person's waiting records and overtake them.
 * @param targetFlags the flags that select the target on a command line.
 */
export function judgeLanes({ deployed, declared, waiting }: Lanes, targetFlags: string): Finding {
  const about = 'Lanes'
  if (declared === undefined || declared === deployed) return ok(about, formatCount(deployed))
  const differ = `cdk.json has ${formatCount(declared)}, and ${formatCount(deployed)} are deployed`
  if (waiting === 0)
    return note(
      about,
      `${differ}; both queues are empty`,
      'Stop the senders, then npm run deploy: during the deployment, a newer change of a person could overtake an older one.',
    )
  return problem(
    about,
    `${differ}, while about ${plural(waiting, 'message')} wait in the queues. After a deployment, a newer change of a person could overtake an older one`,
    `Restore the number in cdk.json, or stop the senders and deploy when both queues are empty: npm run ops -- status ${targetFlags} --watch. Do not pause: a pause keeps the queues full.`,
  )
}
