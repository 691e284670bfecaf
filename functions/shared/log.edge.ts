import { Console } from 'node:console'
import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger'
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types'
import { type Count, gatherMetrics, type Measure, metricLines } from './emit-metrics.ts'
import type { Log } from './log.ts'

export type Telemetry = {
  log: Log
  count: Count
  measure: Measure
  /** Writes what was counted and measured, as the last action of an invocation. It never throws. */
  publish: () => void
  logger: Logger
}

/**
 * Like Powertools' log, metrics bypass Lambda's console, which would wrap each line, so that CloudWatch would
 * not find the metrics in it. A local run uses its own console.
 */
const metricsConsole = process.env.POWERTOOLS_DEV === 'true' ? console : new Console(process.stdout)

/** @param stack is added to each metric, so that the metrics of two stacks are not added up. */
export function openLog(serviceName: string, stack: string): Telemetry {
  const logger = new Logger({ serviceName, logFormatter: new ShortFormat() })
  const { count, measure, flush } = gatherMetrics()
  const log: Log = {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  }
  const publish = () => {
    try {
      for (const line of metricLines(flush(), stack, Date.now())) metricsConsole.log(line)
    } catch (error) {
      log.warn('metrics could not be written', { error: error instanceof Error ? error.name : typeof error })
    }
  }
  return { logger, log, count, measure, publish }
}

/**
 * Formats the fields that every log line begins with. Powertools would add the function's name, ARN, memory
 * and trace, which are the same in all lines of a log group or of no use to anybody. They would be more than
 * half of a line.
 */
class ShortFormat extends LogFormatter {
  override formatAttributes(line: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel, message, timestamp, serviceName, lambdaContext } = line
    return new LogItem({
      attributes: {
        level: logLevel,
        message,
        timestamp: this.formatTimestamp(timestamp),
        service: serviceName,
        // Undefined fields are left out.
        cold_start: lambdaContext?.coldStart || undefined,
        function_request_id: lambdaContext?.awsRequestId,
      },
    }).addAttributes(fields)
  }
}
