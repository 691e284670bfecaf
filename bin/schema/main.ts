import { type Main, OK } from '../cli/io.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'

const fileOf = (path: string) => new URL(`../../${path}`, import.meta.url)

/** `npm run schema`: generates docs/cdk.schema.json again. */
export const main: Main = (io) => runProgram(io, declareSchema)

const declareSchema = (cli: Cli) =>
  command('npm run schema', cli, {
    examples: [
      ['npm run schema', 'generates the schema again after a change of the settings or their pages'],
    ],
    exitCodes: { [OK]: 'the schema was written' },
  })
    .description(
      'Writes docs/cdk.schema.json from the schemas in the code and the tables in the documentation. Editors use it to complete and check cdk.json.',
    )
    .version(version(), '--version', 'show the version')
    .action(
      cli.exitsWith(async () => {
        const { readFileSync, writeFileSync } = await import('node:fs')
        const { readDescriptions } = await import('./descriptions.ts')
        const { cdkSchema } = await import('./document.ts')
        const [settings = '', connections = ''] = ['docs/settings.md', 'docs/connections.md'].map((page) =>
          readFileSync(fileOf(page), 'utf8'),
        )
        const schema = cdkSchema(readDescriptions(settings, connections))
        writeFileSync(fileOf('docs/cdk.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)
        return OK
      }),
    )
