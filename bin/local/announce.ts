import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { settingsFrom } from '../../functions/receiver/settings.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { ReceiverEnv } from '../../functions/shared/env.ts'
import type { FunctionEnv } from './function-env.ts'

/** The port of the queues changes with every start, so a start tells in its state folder where they are. */
const fileIn = (stateDir: string) => join(stateDir, 'queues.json')

const Announced = z.object({ sqsEndpoint: z.url(), env: ReceiverEnv })

/** @returns what takes it back. */
export function announce(stateDir: string, env: FunctionEnv): () => void {
  const receiverEnv = Object.fromEntries(
    Object.keys(ReceiverEnv.shape).flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const file = fileIn(stateDir)
  writeFileSync(file, JSON.stringify({ sqsEndpoint: env.AWS_ENDPOINT_URL_SQS, env: receiverEnv }))
  return () => rmSync(file, { force: true })
}

/** @returns what the last start on this folder told, unless it has ended in good order. */
export function readAnnounced(stateDir: string) {
  try {
    const { sqsEndpoint, env } = Announced.parse(JSON.parse(readFileSync(fileIn(stateDir), 'utf8')))
    const connections = Connections.parse(JSON.parse(readFileSync(env.CONNECTIONS_FILE, 'utf8')))
    return { sqsEndpoint, settings: settingsFrom(env, connections) }
  } catch {
    return undefined
  }
}
