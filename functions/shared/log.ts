import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import type { FinishedMessage } from './finished.ts'
import { type Count, gatherMetrics, type Measure, type MetricGroup } from './gather-metrics.ts'
import { type Dimensions, METRICS, METRICS_NAMESPACE, STACK_DIMENSION } from './metrics.ts'

/**
 * Logs and metrics hold codes, counts, times, ids that we or AWS made, and of a sender's ids those of audiences and
 * runs: no identifier of a person, no value, no secret, and nothing of an answer's text, since Braze can echo the key.
 */
export type Fields = Record<
  string,
  string | number | boolean | readonly string[] | Record<string, number> | readonly FinishedMessage[]
>
export type Log = {
  info: (message: string, fields?: Fields) => void
  warn: (message: string, fields?: Fields) => void
  error: (message: string, fields?: Fields) => void
}

export type Telemetry = {
  log: Log
  count: Count
  measure: Measure
  /** Writes what was counted and measured, as the last thing of an invocation. Fails nothing. */
  publish: () => void
  logger: Logger
}

/** @param stack in each metric, so that those of two stacks are not added up. */
export function openLog(serviceName: string, stack: string): Telemetry {
  const logger = new Logger({ serviceName })
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE })
  // Powertools tells metrics by the service too, which would be one more custom metric of each.
  metrics.clearDefaultDimensions()
  metrics.setDefaultDimensions({ [STACK_DIMENSION]: stack })
  const { count, measure, take } = gatherMetrics()
  const log: Log = {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  }
  const publish = () => {
    try {
      for (const group of take()) write(metrics, group)
    } catch (error) {
      metrics.clearMetrics()
      metrics.clearDimensions()
      log.warn('metrics could not be written', { error: error instanceof Error ? error.name : typeof error })
    }
  }
  return { logger, log, count, measure, publish }
}

/** Powertools writes one line of all that was added, by all dimension sets that were added. */
function write(metrics: Metrics, { sets, dimensions, values }: MetricGroup): void {
  for (const set of sets) metrics.addDimensions(chosen(dimensions, set))
  for (const [name, ofMetric] of values)
    for (const value of ofMetric) metrics.addMetric(name, METRICS[name].unit, value)
  metrics.publishStoredMetrics()
}

const chosen = (dimensions: Partial<Dimensions>, names: readonly (keyof Dimensions)[]) =>
  Object.fromEntries(names.map((name) => [name, String(dimensions[name])]))
