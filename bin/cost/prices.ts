/**
 * What AWS asks, in US dollars without discounts, free tiers and taxes: AWS pricing pages, us-east-1, November 2026. The
 * larger a bill, the more of it falls into cheaper tiers that are not here.
 */

const MILLION = 1e6
/** AWS bills traffic and logs by these. In bytes. */
const GB = 1e9

export const PRICES = {
  /** Of 512 KB each. */
  httpApiRequest: 1 / MILLION,
  lambdaInvocation: 0.2 / MILLION,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** FIFO; each 64 KB of a call are one. */
  sqsRequest: 0.5 / MILLION,
  /** Out to the internet, of the first 10 TB a month. */
  egressByte: 0.09 / GB,
  /** CloudWatch Logs: taken in, and looked through for personal data (`lib/retention.ts`). */
  logByte: (0.5 + 0.12) / GB,
  /** X-Ray. */
  trace: 5 / MILLION,
  secretMonth: 0.4,
  secretRead: 0.05 / 10_000,
  customMetricMonth: 0.3,
  /** By each metric that an alarm looks at. */
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
} as const
