/** `npm start`: runs the whole bridge on this machine. With `--demo`, it also sends the sample input. */

/** The Node version of the functions in AWS. `npm ci` installs it. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `This needs Node ${NODE_MAJOR}, and runs on ${process.versions.node}. Start it with npm start or npm run demo after npm ci, which brings its own Node; if npm is set to ignore install scripts, allow them.`,
  )
  process.exit(1)
}

// Node warns that its SQLite module is experimental. The user can do nothing about that.
process.removeAllListeners('warning')

const { main } = await import('./local/main.ts')
const { paintFor } = await import('./local/paint.ts')
const { stopSignals } = await import('./local/stop-signals.ts')

const FORCED = 130

process.exit(
  await main({
    argv: process.argv.slice(2),
    env: process.env,
    print: (line) => console.log(line),
    paint: paintFor(process.stdout),
    stopRequested: stopSignals(
      (signal, listener) => process.on(signal, listener),
      Date.now,
      () => process.exit(FORCED),
    ),
  }),
)
