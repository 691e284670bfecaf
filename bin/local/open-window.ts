import { SQSClient } from '@aws-sdk/client-sqs'
import { settingsFrom } from '../../functions/receiver/settings.ts'
import { type Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { ReceiverEnv } from '../../functions/shared/env.ts'
import { InboundSecret } from '../../functions/shared/secrets.ts'
import { ENDPOINTS } from '../ops/sent-file/sent.ts'
import type { Braze } from './braze/braze.ts'
import type { WindowParts } from './control/window-parts.ts'
import { type FunctionEnv, INBOUND_SECRET_ID, INBOUND_SECRET_PREFIX } from './function-env.ts'
import { openLetterDesk } from './letter-desk.ts'
import { lookUpInBraze, lookUpInSimulator } from './look-up.ts'
import { openPutBack } from './put-back.ts'
import { LOCAL_REGION, type LocalQueues } from './queues.ts'
import { readSamples } from './samples.ts'
import type { LocalSecrets } from './secrets.ts'
import { openSend } from './send.ts'
import type { Tally } from './tally.ts'

/** What the window shows and does, by the parts of a running bridge. */
export function openWindow(options: {
  webhookUrl: string
  braze: { restEndpoint: string }
  simulator: Braze | undefined
  queues: LocalQueues
  connections: Connections
  env: FunctionEnv
  secrets: Pick<LocalSecrets, 'get'>
  tally: Tally
  /** Aborted when everything stops. */
  stop: AbortSignal
  onTrouble: (what: string) => void
}): { parts: WindowParts; close: () => void } {
  const { webhookUrl, braze, simulator, queues, connections, env, secrets, tally, stop, onTrouble } = options
  const settings = settingsFrom(ReceiverEnv.parse(env), connections)
  const sqs = new SQSClient({
    region: LOCAL_REGION,
    endpoint: queues.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const send = openSend(
    webhookUrl,
    connections,
    (name) =>
      InboundSecret.parse(
        secrets.get(name === DEFAULT_CONNECTION ? INBOUND_SECRET_ID : INBOUND_SECRET_PREFIX + name),
      ).token,
  )
  return {
    parts: {
      facts: {
        startedAt: Date.now(),
        webhookUrl,
        braze: { url: braze.restEndpoint, isSimulator: simulator !== undefined },
        connections: Object.keys(connections),
        endpoints: ENDPOINTS,
        lanes: settings.lanes,
        samples: simulator ? readSamples() : [],
      },
      tally,
      letters: openLetterDesk(queues, connections, () => performance.now()),
      putBack: openPutBack({ sqs, queues, settings, stop, onTrouble }),
      send,
      lookUp: simulator ? lookUpInSimulator(simulator) : lookUpInBraze(send),
    },
    close: () => sqs.destroy(),
  }
}
