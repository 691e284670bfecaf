import { DEFAULT_STAGE } from '../ops/target-options.ts'

/**
 * @returns the values of a CDK command-line option, in the forms `-c value`, `-c=value` and `--context
 * value`.
 */
function valuesOf(argv: readonly string[], names: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    if (names.includes(argument)) return argv[index + 1] ?? []
    const name = names.find((one) => argument.startsWith(`${one}=`))
    return name === undefined ? [] : argument.slice(name.length + 1)
  })
}

const STAGE = 'stage='

/** The stage that `cdk deploy` deploys with these arguments. */
export const stageIn = (argv: readonly string[]): string =>
  valuesOf(argv, ['-c', '--context'])
    .filter((value) => value.startsWith(STAGE))
    .at(-1)
    ?.slice(STAGE.length) ?? DEFAULT_STAGE

export const profileIn = (argv: readonly string[]): string | undefined => valuesOf(argv, ['--profile']).at(-1)

export const asksForHelp = (argv: readonly string[]): boolean =>
  argv.includes('--help') || argv.includes('-h')
