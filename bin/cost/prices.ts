/**
 * Every price of the estimate, in US dollars, without free tiers, discounts and taxes. AWS's cheaper tiers for
 * large volumes are left out, so large bills are overestimated. To update: compare each price with its page
 * for the region, then change the date.
 */
export const PRICES_LOOKED_UP_ON = '2026-11-28'
export const PRICES_REGION = 'us-east-1'

const price = (usd: number, units: number, page: string) => ({
  /** The price of one unit. */
  usd: usd / units,
  page: `https://aws.amazon.com/${page}/`,
})

const MILLION = 1e6
/** The unit in which AWS bills traffic and logs, in bytes. */
const GB = 1e9

export const PRICES = {
  /** For each 512 KB of a request to an HTTP API. */
  httpApiRequest: price(1, MILLION, 'api-gateway/pricing'),
  lambdaInvocation: price(0.2, MILLION, 'lambda/pricing'),
  /** For a function on arm64. */
  lambdaGbSecond: price(0.0000133334, 1, 'lambda/pricing'),
  /** For a FIFO queue. Each 64 KB of a call count as one request. */
  sqsRequest: price(0.5, MILLION, 'sqs/pricing'),
  /** For data that leaves AWS, at the price of the first 10 TB a month. */
  transferredByte: price(0.09, GB, 'ec2/pricing/on-demand'),
  ingestedLogByte: price(0.5, GB, 'cloudwatch/pricing'),
  /** For the scan of the logs for personal data (`lib/retention.ts`). */
  scannedLogByte: price(0.12, GB, 'cloudwatch/pricing'),
  customMetricMonth: price(0.3, 1, 'cloudwatch/pricing'),
  /** For each metric that an alarm reads. */
  alarmMetricMonth: price(0.1, 1, 'cloudwatch/pricing'),
  dashboardMonth: price(3, 1, 'cloudwatch/pricing'),
  secretMonth: price(0.4, 1, 'secrets-manager/pricing'),
  secretRead: price(0.05, 10_000, 'secrets-manager/pricing'),
  trace: price(5, MILLION, 'xray/pricing'),
  keyMonth: price(1, 1, 'kms/pricing'),
  keyRequest: price(0.03, 10_000, 'kms/pricing'),
} as const
