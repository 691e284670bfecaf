import { createServer } from 'node:http'
import { closeServer, listen } from '../../../bin/local/listen.ts'
import { randomBelow } from './random.ts'

/**
 * Below the ports that systems choose for outgoing connections (32,768 on Linux, 49,152 elsewhere): while the process
 * is dead, one of those could be taken by a connection, even by the one that asks whether it is there again.
 */
const FIRST = 20_000
const PORTS = 10_000
const TRIES = 20

/** @returns a port that the process can have at each of its starts. */
export async function freePort(random: () => number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + randomBelow(PORTS, random)
    const server = createServer()
    try {
      await listen(server, port)
      await closeServer(server)
      return port
    } catch {
      // Taken: the next one.
    }
  }
  throw new Error(`no free port in ${TRIES} tries`)
}
