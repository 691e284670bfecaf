/** `npm run cost`: what AWS bills for the bridge, reckoned from what `npm run bench -- --only usage` has measured. */

import { readFileSync } from 'node:fs'
import { cost } from './cost/cost.ts'

const measured: unknown = JSON.parse(readFileSync(new URL('cost/measured.json', import.meta.url), 'utf8'))

process.exitCode = cost(process.argv.slice(2), measured, {
  out: (line) => console.log(line),
  complain: (line) => console.error(line),
})
