import { Command, CommanderError, type Help } from '@commander-js/extra-typings'
import { type Io, OK, WRONG_USAGE } from './io.ts'
import { printable } from './lines.ts'

/**
 * What the declaration of a command needs. `out`, `error` and `ask` take one line, and pass on no character of it that
 * a terminal would obey, wherever the text comes from.
 */
export type Cli = Io & {
  /** Prints escape sequences too. Any text in them that is not the program's own must have been made printable. */
  outStyled: (text: string) => void
  /** Wraps the handler of a command, which returns the exit code of the process. */
  exitsWith: <Given extends unknown[]>(
    handler: (...given: Given) => Promise<number>,
  ) => (...given: Given) => Promise<void>
}

/** What the help of a command says below its options. */
export type HelpNotes = {
  notes?: readonly string[]
  /** The environment variables that the program reads, each with its meaning. */
  variables?: Readonly<Record<string, string>>
  /** Complete command lines, each with what it is for. */
  examples: readonly (readonly [line: string, purpose: string])[]
  /** The meaning of each exit code. Unless given, 2 means that the command line is wrong. */
  exitCodes: Readonly<Record<number, string>>
}

/**
 * A command line that turns out to be wrong while the command runs, such as one with an unknown connection.
 * The message ends with a full stop.
 */
export class UsageError extends Error {}

/**
 * Starts the declaration of a command. It writes to `cli` instead of the process, and a wrong command line is
 * a thrown `CommanderError`.
 */
export const command = (name: string, { out, error, columns }: Cli, help: HelpNotes) =>
  new Command(name)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => linesOf(text).forEach(out),
      writeErr: (text) => linesOf(text).forEach(error),
      outputError: (text, write) => write(asSentence(text)),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', ({ command: declared }) => {
      const helper = declared.createHelp()
      helper.prepareContext({ helpWidth: columns })
      return formatNotes(help, helper, columns)
    })

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n')

/** Commander writes `error: unknown option '--x'`. */
const asSentence = (text: string) => text.replace(/^error: (.)/, (_, first: string) => first.toUpperCase())

function formatNotes(
  { notes = [], variables = {}, examples, exitCodes }: HelpNotes,
  helper: Help,
  columns: number,
): string {
  const codes = Object.entries({ [WRONG_USAGE]: 'the command line is wrong', ...exitCodes })
  const names = Object.keys(variables)
  const nameWidth = Math.max(...names.map((name) => name.length))
  return [
    ...notes.flatMap((note) => ['', helper.boxWrap(note, columns)]),
    ...(names.length > 0 ? ['', 'Environment variables:'] : []),
    ...Object.entries(variables).map(([name, meaning]) =>
      helper.formatItem(name, nameWidth, meaning, helper),
    ),
    '',
    'Examples:',
    ...examples.flatMap(([line, purpose]) => [`  ${line}`, `      ${purpose}`]),
    '',
    'Exit codes:',
    ...codes.map(([code, meaning]) => `  ${code}  ${meaning}`),
  ].join('\n')
}

/**
 * Parses the command line and runs the handler of the command that it names. Without arguments, a program
 * that consists of several commands shows its help.
 * @returns the exit code of the process.
 */
export async function runProgram(io: Io, declare: (cli: Cli) => Command): Promise<number> {
  let exitCode = OK
  const { out, error, ask } = io
  const program = declare({
    ...io,
    out: (line) => out(printable(line)),
    error: (line) => error(printable(line)),
    ...(ask && { ask: (question) => ask(printable(question)) }),
    outStyled: out,
    exitsWith:
      (handler) =>
      async (...given) => {
        exitCode = await handler(...given)
      },
  })
  const isList = program.commands.length > 0
  try {
    await program.parseAsync(isList && io.argv.length === 0 ? ['--help'] : io.argv, { from: 'user' })
    return exitCode
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? OK : WRONG_USAGE
    if (!(failure instanceof UsageError)) throw failure
    io.error(printable(failure.message))
    return WRONG_USAGE
  }
}
