import type { Io } from '../cli/io.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'
import { VARIABLES } from './variables.ts'

/** `npm start` and, with `--demo`, `npm run demo`. */
export const main = (io: Io): Promise<number> => runProgram(io, startCommand)

const startCommand = (cli: Cli) =>
  command('npm start --', cli, {
    variables: VARIABLES,
    examples: [
      ['npm start', 'starts the bridge with a simulated Braze and prints where to send'],
      ['npm run demo', 'also sends the sample input and shows what became of each row'],
      ['PORT=9000 STATE_DIR=.state-2 npm start', 'starts a second bridge beside the first one'],
    ],
    exitCodes: {
      0: 'the bridge was stopped with Ctrl-C or SIGTERM',
      1: 'it cannot start, for example because its port or its state folder is in use',
      2: 'the command line or an environment variable is wrong',
    },
  })
    .description(
      'Runs the bridge on this machine: the deployed handlers over real sockets, with an SQS emulator, a Secrets Manager endpoint and a simulated Braze. It needs no AWS account. Ctrl-C stops it.',
    )
    .version(version(), '--version', 'show the version')
    .option('--demo', 'send the sample input and show what became of each row')
    .action(
      cli.exitsWith(async ({ demo = false }) => {
        const { runLocal } = await import('./run.ts')
        return runLocal(demo, cli)
      }),
    )
