import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { openApiDocument } from './openapi/document.ts'

/** `npm run openapi`: regenerates docs/openapi.json. */

const PACKAGE = new URL('../package.json', import.meta.url)
const DOCUMENT = new URL('../docs/openapi.json', import.meta.url)

const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8')))
writeFileSync(DOCUMENT, `${JSON.stringify(openApiDocument(version), null, 2)}\n`)
