import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { METRICS_NAMESPACE } from './metrics.ts'

/**
 * Logs and metrics hold codes, counts, times and ids that we or AWS made: no identifier of a person, no value, no
 * secret, and nothing of an answer's text, since Braze can echo the key.
 */
export type Fields = Record<string, string | number | boolean | readonly string[] | Record<string, number>>
export type Log = {
  info: (message: string, fields?: Fields) => void
  warn: (message: string, fields?: Fields) => void
  error: (message: string, fields?: Fields) => void
}
export type Count = (metric: string, amount: number) => void

export function openLog(serviceName: string): { log: Log; count: Count; logger: Logger; metrics: Metrics } {
  const logger = new Logger({ serviceName })
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName })
  return {
    logger,
    metrics,
    log: {
      info: (message, fields = {}) => logger.info(message, fields),
      warn: (message, fields = {}) => logger.warn(message, fields),
      error: (message, fields = {}) => logger.error(message, fields),
    },
    count: (metric, amount) => metrics.addMetric(metric, MetricUnit.Count, amount),
  }
}
