import { type Finding, note, ok } from '../finding.ts'

/**
 * @param differing names of the settings that differ from cdk.json; undefined if there is nothing to compare
 * with.
 */
export function judgeSettings(differing: readonly string[] | undefined): Finding[] {
  const about = 'Settings'
  if (differing === undefined) return []
  if (differing.length === 0) return [ok(about, 'deployed as cdk.json has them')]
  return [
    note(
      about,
      `deployed otherwise than cdk.json has them: ${differing.join(', ')}`,
      'npm run deploy brings them, if they are meant; or cdk.json was changed by somebody who has not deployed.',
    ),
  ]
}
