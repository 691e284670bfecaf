import { writeFileSync } from 'node:fs'
import { OK } from '../cli/io.ts'
import { version } from '../cli/version.ts'
import { openApiDocument } from './document.ts'

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url)

/** `npm run openapi`: regenerates docs/openapi.json. */
export async function main(): Promise<number> {
  writeFileSync(DOCUMENT, `${JSON.stringify(openApiDocument(version()), null, 2)}\n`)
  return OK
}
