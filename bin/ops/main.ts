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

/** In the order in which operators typically need them. */
const COMMANDS: Readonly<Record<string, Command>> = {
  check: checkCommand,
  explain: explainCommand,
  captures: capturesCommand,
  send: sendCommand,
  status: statusCommand,
  verify: verifyCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  'dead-letters': deadLettersCommand,
  redrive: redriveCommand,
  rotate: rotateCommand,
}

const NAME_WIDTH = 13

const LIST = `npm run ops -- <command> [options]

Commands
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(NAME_WIDTH)} ${summary}`)
  .join('\n')}

npm run ops -- <command> --help shows the options of a command.`

/** @returns the exit code of the process. */
export async function main(io: Io): Promise<number> {
  const { argv, out, error } = io
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    out(LIST)
    return OK
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    error(`There is no command ${name}.\n`)
    error(LIST)
    return WRONG_USAGE
  }
  const ended = await command.run({ ...io, argv: rest })
  if (ended === 'help') {
    out(command.help)
    return OK
  }
  if (typeof ended === 'number') return ended
  error(`${ended.wrong} npm run ops -- ${name} --help shows what there is.`)
  return WRONG_USAGE
}
