import { createServer } from 'node:http'
import { closeServer, listen } from '../../../bin/local/listen.ts'
import { randomBelow } from './random.ts'

/**
 * The ports are below those that systems choose for outgoing connections (from 32,768 on Linux, from 49,152
 * elsewhere). While the process is dead, an outgoing connection could take such a port, even one that tests
 * whether the process is back.
 */
const FIRST = 20_000
const PORTS = 10_000
const TRIES = 20

/** @returns a port that the process can use at each of its starts. */
export async function freePort(random: () => number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + randomBelow(PORTS, random)
    const server = createServer()
    try {
      await listen(server, port)
      await closeServer(server)
      return port
    } catch {
      // This port is in use, so another one is tried.
    }
  }
  throw new Error(`no free port in ${TRIES} tries`)
}
