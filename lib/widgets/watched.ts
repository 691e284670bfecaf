import type { BridgeMetrics } from '../bridge-metrics.ts'
import type { BundledFunction } from '../bundled-function.ts'
import type { DeliveryQueues } from '../queue-urls.ts'
import type { ReceiverApi } from '../receiver-api.ts'
import type { Settings } from '../settings.ts'

/** What the dashboard shows. */
export type Watched = {
  settings: Settings
  metrics: BridgeMetrics
  api: ReceiverApi
  queues: DeliveryQueues
  receiver: BundledFunction
  worker: BundledFunction
  exporter: BundledFunction
}
