/**
 * How long an AWS client waits for an answer, in milliseconds, and how often it asks. The SDK's own default is to wait
 * without end: one connection that hangs would cost the whole invocation.
 */
export const CALL_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}
