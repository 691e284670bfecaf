import { Duration } from 'aws-cdk-lib'
import { GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { ReceiverApi } from '../api.ts'
import type { Functions } from '../functions.ts'
import type { BridgeMetrics } from '../metrics.ts'
import type { DeliveryQueues } from '../queues.ts'
import type { Settings } from '../settings.ts'

/** The parts of a stack that the dashboard shows. */
export type DashboardContext = {
  settings: Settings
  metrics: BridgeMetrics
  api: ReceiverApi
  queues: DeliveryQueues
  functions: Functions
}

/** The resolution of the graphs. CloudWatch makes it coarser if a long time range is chosen. */
export const PERIOD = Duration.minutes(5)

/** The number of columns of a dashboard (CloudWatch API reference, "Dashboard body structure"). */
const COLUMNS = 24
const HEIGHT = 6

export type Graph = {
  title: string
  metrics: readonly IMetric[]
  /** What the axis counts. */
  unit: string
  stacked?: boolean
  max?: number
  /** Lines across the graph: a budget, or the threshold of an alarm. */
  annotations?: readonly { value: number; label: string }[]
}

/** Places graphs side by side. */
export const row = (...graphs: readonly Graph[]): IWidget[] =>
  graphs.map(
    ({ title, metrics, unit, stacked = false, max, annotations = [] }) =>
      new GraphWidget({
        title,
        left: [...metrics],
        leftYAxis: { label: unit, showUnits: false, min: 0, ...(max !== undefined && { max }) },
        leftAnnotations: [...annotations],
        stacked,
        width: COLUMNS / graphs.length,
        height: HEIGHT,
      }),
  )
