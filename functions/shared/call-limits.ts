/**
 * How long an AWS client waits for an answer, in milliseconds, and how often it asks. The SDK's own default is to wait
 * without end: one connection that hangs would cost the whole invocation.
 */
export const CALL_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/** The worker's, who has to settle in what is left of its time (see `send-window.ts`). */
export const HASTY_CALL_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
}
