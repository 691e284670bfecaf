import { expect, test } from 'vitest'
import { main } from '../../../bin/local/main.ts'
import { createTestIo } from '../../test-io.ts'

const run = async (...argv: string[]) => {
  const { io, out, errors } = createTestIo(argv)
  return { code: await main(io), out: out.join('\n'), errors: errors.join('\n') }
}

test('--help explains options, variables and exit codes', async () => {
  const { code, out, errors } = await run('--help')
  expect([code, errors]).toEqual([0, ''])
  expect(out).toMatchInlineSnapshot(`
    "Usage: npm start -- [options]

    Runs the bridge on this machine: the deployed handlers over real sockets, with
    an SQS emulator, a Secrets Manager endpoint and a simulated Braze. It needs no
    AWS account. Ctrl-C stops it.

    Options:
      --version   show the version
      --demo      send the sample input and show what became of each row
      -h, --help  show this help

    Environment variables:
      PORT                 the port for senders; 0 takes free ports for everything
                           (default: 8787)
      WEBHOOK_TOKEN        the token that senders must send along; those of further
                           connections begin with it (default:
                           local-development-token; with a real Braze, a new one for
                           each connection at each start)
      STATE_DIR            the folder that keeps the queues and the simulator across
                           starts, closed to other users of the machine (default:
                           .state)
      SIMULATOR_PORT       the port of the Braze simulator; 0 takes any free port
                           (default: PORT plus 2)
      BRAZE_REST_ENDPOINT  the REST endpoint of a real Braze, together with
                           BRAZE_API_KEY (default: a simulator)
      BRAZE_API_KEY        the API key for BRAZE_REST_ENDPOINT, with the permission
                           users.track
      STAGE                the stage of cdk.json whose connections and delivery
                           delay are used (default: dev)

    Examples:
      npm start
          starts the bridge with a simulated Braze and prints where to send
      npm run demo
          also sends the sample input and shows what became of each row
      PORT=9000 STATE_DIR=.state-2 npm start
          starts a second bridge beside the first one

    Exit codes:
      0  the bridge was stopped with Ctrl-C or SIGTERM
      1  it cannot start, for example because its port or its state folder is in use
      2  the command line or an environment variable is wrong"
  `)
})

test.each([
  ['--demmo', "Unknown option '--demmo'\n(Did you mean --demo?)"],
  ['demo', 'Too many arguments. Expected 0 arguments but got 1: demo.'],
])('%s is a wrong command line', async (argument, message) => {
  expect(await run(argument)).toEqual({ code: 2, out: '', errors: message })
})

test('--version prints the version of package.json', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: '0.1.0', errors: '' })
})
