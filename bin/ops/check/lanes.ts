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
  if (declared === undefined || declared === deployed) return ok(about, `${deployed}`)
  const differ = `cdk.json says ${declared}, and ${deployed} are deployed`
  if (waiting === 0)
    return note(
      about,
      `${differ}; both queues are empty`,
      'npm run deploy, while senders are silent: what comes in during the deployment may be overtaken.',
    )
  return problem(
    about,
    `${differ}, while about ${waiting.toLocaleString('en')} of their messages wait: a newer change of a person could overtake an older one`,
    `Stop the senders, and deploy when both queues are empty: watch npm run ops -- status ${targetFlags} until it shows 0. A pause does not help, it keeps them full. Or take the new number back in cdk.json.`,
  )
}
