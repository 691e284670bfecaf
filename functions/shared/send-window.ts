/** The worker's time-out. */
export const WORKER_TIMEOUT_SECONDS = 60

/** What is left of it when the last request to Braze may start: that request's own time-out, and to settle. */
export const SETTLE_SECONDS = 10

/** In which an invocation sends. */
export const SEND_WINDOW_SECONDS = WORKER_TIMEOUT_SECONDS - SETTLE_SECONDS
