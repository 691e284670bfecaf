import { type Command, Option, type OptionValues } from '@commander-js/extra-typings'
import { shellWord } from './sent-file/request-options.ts'

/** The bridge that a command works on: a local run or a deployed stage. */
export type TargetOptions =
  | { kind: 'local'; stateDir: string | undefined }
  /** `profile`: the AWS profile; otherwise the environment decides. */
  | { kind: 'stack'; stage: string; profile?: string | undefined }

export const DEFAULT_STAGE = 'dev'

/** Where `npm start` keeps its data, in the folder in which it is started. */
export const DEFAULT_STATE_DIR = '.state'

/** @returns the flags that select this target on a command line. */
export const targetFlags = (options: TargetOptions) =>
  options.kind === 'stack'
    ? `--stage ${options.stage}${options.profile === undefined ? '' : ` --profile ${shellWord(options.profile)}`}`
    : `--local${options.stateDir === undefined ? '' : ` --state-dir ${shellWord(options.stateDir)}`}`

const GROUP = 'Which bridge:'

const stageOption = () =>
  new Option(
    '--stage <name>',
    'the deployed stack of this stage in cdk.json, in the AWS account and region of the environment',
  )
    .default(DEFAULT_STAGE)
    .conflicts('local')
    .helpGroup(GROUP)

const profileOption = () =>
  new Option('--profile <name>', 'the AWS profile, instead of that of the environment')
    .conflicts('local')
    .helpGroup(GROUP)

const localOption = () => new Option('--local', 'the npm start on this machine').helpGroup(GROUP)

const stateDirOption = () =>
  new Option('--state-dir <dir>', 'the npm start with this STATE_DIR; implies --local')
    .implies({ local: true })
    .helpGroup(GROUP)

/** Adds the options that select the bridge. */
export const withTargetOptions = <
  Args extends unknown[],
  Given extends OptionValues,
  Global extends OptionValues,
>(
  command: Command<Args, Given, Global>,
) =>
  command
    .addOption(stageOption())
    .addOption(profileOption())
    .addOption(localOption())
    .addOption(stateDirOption())

/** @returns the target that these options select. */
export const readTarget = (given: {
  stage: string
  local?: true | undefined
  stateDir?: string | undefined
  profile?: string | undefined
}): TargetOptions =>
  given.local
    ? { kind: 'local', stateDir: given.stateDir }
    : { kind: 'stack', stage: given.stage, profile: given.profile }
