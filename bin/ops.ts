/** `npm run ops`: the commands for operating a running bridge. Without arguments, it lists them. */

/** The major version that the functions run on in AWS; `npm ci` installs it. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `This needs Node ${NODE_MAJOR}, and runs on ${process.versions.node}. Start it with npm run ops after npm ci, which brings its own Node; if npm is set to ignore install scripts, allow them.`,
  )
  process.exit(1)
}

// Node warns that SQLite is experimental. The warning is of no use to an operator.
process.removeAllListeners('warning')

const { main } = await import('./ops/main.ts')
const { startProgress } = await import('./ops/progress.ts')
const { stopSignals } = await import('./local/stop-signals.ts')

const FORCED = 130

const stopping = new AbortController()
const stopRequested = stopSignals(
  (signal, listener) => process.on(signal, listener),
  Date.now,
  () => process.exit(FORCED),
).then(() => stopping.abort())

const ended = main({
  argv: process.argv.slice(2),
  env: process.env,
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  startProgress: (total, title) => startProgress(total, title, process.stderr, Date.now),
  stop: stopping.signal,
})
await Promise.race([ended, stopRequested])
process.exit(await ended)
