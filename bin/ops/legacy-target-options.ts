import { DEFAULT_STAGE, type TargetOptions } from './target-options.ts'

type Given = { local?: boolean | undefined; 'state-dir'?: string | undefined; stage?: string | undefined }

/** @returns the target, or what is wrong with the command line. */
export function readTargetOptions(given: Given): TargetOptions | { problem: string } {
  if (given.local && given.stage !== undefined) return { problem: '--local and --stage exclude each other.' }
  if (!given.local && given['state-dir'] !== undefined) return { problem: '--state-dir belongs to --local.' }
  return given.local
    ? { kind: 'local', stateDir: given['state-dir'] }
    : { kind: 'stack', stage: given.stage ?? DEFAULT_STAGE }
}

export const TARGET_HELP = `Where
  --stage <name>       the deployed stack of this stage of cdk.json (${DEFAULT_STAGE}), with the AWS credentials and the region
                       of the environment
  --local              the queues of a running npm start
  --state-dir <dir>    its STATE_DIR, where that is set`
