import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'
import { capturesCommand } from './captures/command.ts'
import { checkCommand } from './check/command.ts'
import { type Command, type Io, OK, WRONG_USAGE } from './command.ts'
import { deadLettersCommand } from './dead-letters/command.ts'
import { explainCommand } from './explain/command.ts'
import { pauseCommand, resumeCommand } from './pause/command.ts'
import { redriveCommand } from './redrive/command.ts'
import { rotateCommand } from './rotate/command.ts'
import { sendCommand } from './send/command.ts'
import { statusCommand } from './status/command.ts'
import { verifyCommand } from './verify/command.ts'

/** Commands whose options are still read by hand. */
const LEGACY: Readonly<Record<string, Command>> = {
}

/** `npm run ops`: the commands for operating a running bridge. Without arguments, it lists them. */
export async function main(io: Io): Promise<number> {
  const [name = '', ...rest] = io.argv
  const legacy = Object.hasOwn(LEGACY, name) ? LEGACY[name] : undefined
  return legacy ? runLegacy(name, legacy, { ...io, argv: rest }) : runProgram(io, declareOps)
}

const declareOps = (cli: Cli) => {
  const program = command('npm run ops --', cli, {
    examples: [
      ['npm run ops -- check --stage prod', 'checks that everything is connected, and says what to fix'],
      ['npm run ops -- status --local', 'shows what the npm start on this machine is doing'],
    ],
    exitCodes: { 0: 'everything is as it should be', 1: 'something is not; each command says what' },
  })
    .description('Operates a running bridge. Each command has its own --help.')
    .usage('<command> [options]')
    .version(version(), '--version', 'show the version')
    .helpCommand(false)
    .enablePositionalOptions()
  for (const declare of COMMANDS) program.addCommand(declare(cli))
  for (const [name, { summary }] of Object.entries(LEGACY)) program.command(name).summary(summary)
  return program
}

async function runLegacy(name: string, { help, run }: Command, { out, error, ...io }: Io): Promise<number> {
  const ended = await run({ ...io, out, error })
  if (ended === 'help') {
    out(help)
    return OK
  }
  if (typeof ended === 'number') return ended
  error(`${ended.wrong} npm run ops -- ${name} --help shows what there is.`)
  return WRONG_USAGE
}

/** In the order in which operators typically need them. */
const COMMANDS = [checkCommand, explainCommand, capturesCommand, sendCommand, statusCommand, verifyCommand, pauseCommand, resumeCommand, deadLettersCommand, redriveCommand, rotateCommand]
