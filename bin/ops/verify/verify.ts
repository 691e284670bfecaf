import type { RowReader } from '../../../functions/receiver/columns.ts'
import type { StartProgress } from '../../cli/progress.ts'
import { type CheckResult, checkProfiles, type ProfileCheck } from './check.ts'
import type { Expectation } from './expectation.ts'
import { formatReport, type Shown } from './format.ts'
import { gather, type VerifySource } from './gather.ts'
import { createProfileLookUp, type LookUpDeps } from './look-up.ts'
import { reportOf, withoutValues } from './report.ts'

export type VerifyOptions = Shown & {
  /**
   * How long to repeat the check for persons whose profiles do not hold what was sent yet, in milliseconds.
   */
  waitMs: number
  json: boolean
}

export type VerifyDeps = LookUpDeps & {
  startProgress: StartProgress
  /** Receives the output lines. */
  out: (line: string) => void
  /** Receives error lines. */
  error: (line: string) => void
}

/**
 * Determines what profiles should hold after rows were sent, asks Braze and prints the result.
 * @returns whether every profile holds it, as far as the export can show.
 */
export async function verify(
  source: VerifySource,
  reader: RowReader,
  options: VerifyOptions,
  deps: VerifyDeps,
): Promise<boolean> {
  const gathered = await gather(source, reader, { size: options.sample, seed: options.seed })
  if ('problem' in gathered) {
    deps.error(gathered.problem)
    return false
  }
  const verifiable = gathered.expectations.filter(isVerifiable)
  const unverifiable = gathered.expectations.filter((expectation) => !isVerifiable(expectation))
  const checked = await checkAndWait(verifiable, options, deps)
  const report = reportOf({ gathered, asked: verifiable, unverifiable, checked })
  const shown = options.values ? report : withoutValues(report)
  const lines = options.json ? [JSON.stringify(shown)] : formatReport(report, options)
  for (const line of lines) deps.out(line)
  return report.allHold
}

const isVerifiable = ({ user, wanted }: Expectation) =>
  ('external_id' in user || 'braze_id' in user) && wanted.values().some(({ kind }) => kind === 'value')

/** A write becomes visible after 2 to 4 seconds, sometimes 30. */
const AGAIN_AFTER_MS = 2_000

async function checkAndWait(
  verifiable: readonly Expectation[],
  { waitMs }: VerifyOptions,
  deps: VerifyDeps,
): Promise<CheckResult> {
  const ask = createProfileLookUp(deps)
  const progress = deps.startProgress(verifiable.length, 'Profiles')
  let known = 0
  const checked = await checkProfiles(verifiable, ask, (seen) => {
    known = seen.size
    progress.to(known, 'asked')
  })
  const until = deps.now() + waitMs
  let open = missing(checked)
  while (checked.ended === 'all' && open.length > 0 && deps.now() < until) {
    progress.to(known, `asked, ${open.length} once more`)
    await deps.pause(Math.min(AGAIN_AFTER_MS, until - deps.now()))
    const again = await checkProfiles(open, ask, () => undefined)
    for (const [expectation, seen] of again.checks) checked.checks.set(expectation, seen)
    if (again.ended !== 'all') checked.ended = again.ended
    open = missing(checked)
  }
  progress.end(`${checked.checks.size} asked, ${open.length} do not hold what was sent.`)
  return checked
}

const missing = ({ checks }: CheckResult) =>
  [...checks].flatMap(([expectation, { kind }]) => (holds(kind) ? [] : [expectation]))

export const holds = (kind: ProfileCheck['kind']) => kind === 'holds' || kind === 'not created'
