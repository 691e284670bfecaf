/** `npm run simulate`: simulates an outage of Braze. */

/** The Node version of the functions in AWS. `npm ci` installs it. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `This needs Node ${NODE_MAJOR}, and runs on ${process.versions.node}. Start it with npm run simulate after npm ci, which brings its own Node; if npm is set to ignore install scripts, allow them.`,
  )
  process.exit(1)
}

const { readFileSync } = await import('node:fs')
const z = await import('zod')
const { main } = await import('./simulate/main.ts')

const CdkJson = z.object({ context: z.object({ bridge: z.unknown() }) })
const { context } = CdkJson.parse(JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')))

process.exitCode = main({
  argv: process.argv.slice(2),
  bridge: context.bridge,
  out: (line) => console.log(line),
  error: (line) => console.error(line),
})
