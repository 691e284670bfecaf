/**
 * `npm run cost`: estimates AWS's bill for the bridge from the measurements of `npm run bench -- --only
 * usage`.
 */

/** The Node version of the functions in AWS. `npm ci` installs it. */
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
