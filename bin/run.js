/**
 * Starts one of the project's programs, as in `node bin/run.js ops status`. It is plain JavaScript, because
 * a Node that is too old for the rest cannot read TypeScript and would not say what is missing.
 */
import module from 'node:module'
import { fileURLToPath } from 'node:url'

/** The major version that the functions run on in AWS. `npm ci` installs it. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `Node ${NODE_MAJOR} is needed, and this is ${process.versions.node}. npm ci installs Node ${NODE_MAJOR} for the commands of npm run, unless install scripts or optional packages are turned off.`,
  )
  process.exit(1)
}

// Keeps the compiled code, without types. The default is a folder in the system's folder for temporary files,
// where another user of the machine could leave code that Node would then run.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)))

const { run } = await import('./cli/run.ts')
await run(process.argv.slice(2))
