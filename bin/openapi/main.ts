import { type Main, OK } from '../cli/io.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url)

/** `npm run openapi`: generates docs/openapi.json again. */
export const main: Main = (io) => runProgram(io, declareOpenApi)

const declareOpenApi = (cli: Cli) =>
  command('npm run openapi', cli, {
    examples: [['npm run openapi', 'generates the document again after a change of the schemas']],
    exitCodes: { [OK]: 'the document was written' },
  })
    .description('Writes docs/openapi.json, the description of the webhook, from the schemas in the code.')
    .version(version(), '--version', 'show the version')
    .action(
      cli.exitsWith(async () => {
        const { writeFileSync } = await import('node:fs')
        const { openApiDocument } = await import('./document.ts')
        writeFileSync(DOCUMENT, `${JSON.stringify(openApiDocument(version()), null, 2)}\n`)
        return OK
      }),
    )
