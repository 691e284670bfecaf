/** `npm run cost`: what AWS bills for the bridge, reckoned from what `npm run bench -- --only usage` has measured. */

/** The functions run on it in AWS, and it comes with `npm ci`. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `This needs Node ${NODE_MAJOR}, and runs on ${process.versions.node}. Start it with npm run cost after npm ci, which brings its own Node; if npm is set to ignore install scripts, allow them.`,
  )
  process.exit(1)
}

const { readFileSync } = await import('node:fs')
const { main } = await import('./cost/main.ts')

process.exitCode = main({
  argv: process.argv.slice(2),
  measured: JSON.parse(readFileSync(new URL('cost/measured.json', import.meta.url), 'utf8')),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
})
