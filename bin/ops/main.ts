import type { Io } from '../cli/io.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'
import { capturesCommand } from './captures/command.ts'
import { checkCommand } from './check/command.ts'
import { deadLettersCommand } from './dead-letters/command.ts'
import { explainCommand } from './explain/command.ts'
import { pauseCommand, resumeCommand } from './pause/command.ts'
import { redriveCommand } from './redrive/command.ts'
import { rotateCommand } from './rotate/command.ts'
import { sendCommand } from './send/command.ts'
import { statusCommand } from './status/command.ts'
import { verifyCommand } from './verify/command.ts'

/** In the order in which operators typically need them. */
const COMMANDS = [
  checkCommand,
  explainCommand,
  capturesCommand,
  sendCommand,
  statusCommand,
  verifyCommand,
  pauseCommand,
  resumeCommand,
  deadLettersCommand,
  redriveCommand,
  rotateCommand,
]

/** `npm run ops`: the commands for operating a running bridge. Without arguments, it lists them. */
export const main = (io: Io): Promise<number> => runProgram(io, declareOps)

function declareOps(cli: Cli) {
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
  return program
}
