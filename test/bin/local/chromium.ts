/** The path of Debian's Chromium, unless CHROMIUM names another browser. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Chromium does not start its sandbox as root, which is the user of tests in a container. */
export const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** Far more than any step needs, so that a busy machine fails no test. In milliseconds. */
export const STEP_TIMEOUT = 120_000
