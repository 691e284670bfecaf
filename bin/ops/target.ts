import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { Settings } from '../../functions/receiver/settings.ts'
import { CALL_LIMITS } from '../../functions/shared/call-limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { readSettings } from '../../lib/settings.ts'
import { readAnnounced } from '../local/announce.ts'
import { lockState } from '../local/lock.ts'
import { LOCAL_REGION } from '../local/queues.ts'
import type { Where } from './where.ts'

/** The queues that a command works on. */
export type Target = { name: string; sqs: SQSClient; settings: Settings }

/** The default of `npm start`. */
const DEFAULT_STATE_DIR = '.state'

const CDK_JSON = new URL('../../cdk.json', import.meta.url)
const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })

/** Without `.fifo`: as `lib/stack.ts` and `lib/delivery-queue.ts` name them. */
export const queueNames = (stackName: string) => ({
  queues: { profiles: `${stackName}-profiles.fifo`, events: `${stackName}-events.fifo` },
  deadLetters: { profiles: `${stackName}-profiles-dlq.fifo`, events: `${stackName}-events-dlq.fifo` },
  captures: `${stackName}-captures`,
})

/** @returns the settings of a stage of cdk.json, or what is wrong with them. */
export const readStage = (stage: string) =>
  readSettings(CdkJson.parse(JSON.parse(readFileSync(CDK_JSON, 'utf8'))).context.bridge, stage)

/** @returns the target, or why there is none, in a sentence for the person at the keyboard. */
export async function findTarget(
  where: Where,
  env: Record<string, string | undefined>,
): Promise<Target | { problem: string }> {
  if (where.kind === 'local')
    return localTarget(resolve(where.stateDir ?? (env.STATE_DIR || DEFAULT_STATE_DIR)))
  const read = readStage(where.stage)
  if ('problems' in read) return { problem: read.problems.join('\n') }
  const { stackName, lanes, connections } = read.settings
  const sqs = new SQSClient(CALL_LIMITS)
  const names = queueNames(stackName)
  try {
    const [queues, deadLetters, captures] = await Promise.all([
      urlsOf(sqs, names.queues),
      urlsOf(sqs, names.deadLetters),
      urlOf(sqs, names.captures),
    ])
    const region = await sqs.config.region()
    return {
      name: `${stackName} in ${region}`,
      sqs,
      settings: { lanes, connections, queues, deadLetters, captures },
    }
  } catch (error) {
    sqs.destroy()
    return { problem: `The queues of ${stackName} can't be found: ${wordsOf(error)}` }
  }
}

async function urlsOf(sqs: SQSClient, names: Record<QueueName, string>): Promise<Record<QueueName, string>> {
  const [profiles, events] = await Promise.all([urlOf(sqs, names.profiles), urlOf(sqs, names.events)])
  return { profiles, events }
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
  if (QueueUrl === undefined) throw new Error(`SQS tells no URL of ${QueueName}`)
  return QueueUrl
}

const wordsOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

function localTarget(stateDir: string): Target | { problem: string } {
  const announced = readAnnounced(stateDir)
  if (!announced || !isRunning(stateDir))
    return {
      problem: `No npm start is running on ${stateDir}. Start it, or name its folder with --state-dir.`,
    }
  return {
    name: `the local run on ${stateDir}`,
    sqs: new SQSClient({
      ...CALL_LIMITS,
      region: LOCAL_REGION,
      endpoint: announced.sqsEndpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
    settings: announced.settings,
  }
}

/** After a kill the announcement still stands, and somebody else may have its port; the lock ends with the process. */
function isRunning(stateDir: string): boolean {
  const lock = lockState(stateDir)
  if (lock.kind === 'locked') lock.release()
  return lock.kind === 'taken'
}
