/**
 * AWS's prices in US dollars, without discounts, free tiers and taxes (AWS pricing pages, us-east-1, November
 * 2026). The cheaper tiers for large volumes are left out, so large bills are overestimated.
 */

const MILLION = 1e6

/** The unit in which AWS bills traffic and logs, in bytes. */
const GB = 1e9

export const PRICES = {
  /** For each 512 KB of a request. */
  httpApiRequest: 1 / MILLION,
  lambdaInvocation: 0.2 / MILLION,
  /** On arm64. */
  lambdaGbSecond: 0.0000133334,
  /** For a FIFO queue. Each 64 KB of a call count as one request. */
  sqsRequest: 0.5 / MILLION,
  /** Traffic to the internet, at the price of the first 10 TB a month. */
  egressByte: 0.09 / GB,
  /** CloudWatch Logs: ingestion, and the scan for personal data (`lib/retention.ts`). */
  logByte: (0.5 + 0.12) / GB,
  /** X-Ray. */
  trace: 5 / MILLION,
  secretMonth: 0.4,
  secretRead: 0.05 / 10_000,
  customMetricMonth: 0.3,
  /** For each metric that an alarm reads. */
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
} as const
