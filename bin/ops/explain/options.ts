import { parseArgs } from 'node:util'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { joinedQuery } from '../../local/http-event.ts'
import { parseProblem } from '../parse-problem.ts'
import { ENDPOINTS } from '../sent-file/request-options.ts'
import { DEFAULT_STAGE } from '../target-options.ts'
import type { ExplainOptions } from './explain.ts'

export type ReadExplainOptions =
  | { kind: 'options'; options: ExplainOptions; file: string; stage: string }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `explain`. */
export function readExplainOptions(argv: readonly string[]): ReadExplainOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) return { kind: 'wrong', problem: 'Name one file.' }
  const requested = values.endpoint ?? 'records'
  const endpoint = ENDPOINTS.find((known) => known === requested)
  if (endpoint === undefined)
    return { kind: 'wrong', problem: `--endpoint is one of ${ENDPOINTS.join(', ')}.` }
  return {
    kind: 'options',
    options: {
      endpoint,
      connection: values.connection ?? DEFAULT_CONNECTION,
      contentType: values['content-type'],
      query: joinedQuery(new URLSearchParams(values.query)),
      values: values.values ?? false,
    },
    file,
    stage: values.stage ?? DEFAULT_STAGE,
  }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        endpoint: text,
        connection: text,
        stage: text,
        'content-type': text,
        query: text,
        values: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const EXPLAIN_HELP = `npm run ops -- explain FILE [options]

Reads a file as the bridge would read it from a request, and shows how: rows, columns, persons, memberships, times,
what would be refused and why, and what would go to Braze. Sends nothing and needs no AWS.

  --endpoint <name>      activations, events, records or users/track (records)
  --connection <name>    by the rules of this connection (${DEFAULT_CONNECTION})
  --stage <name>         of this stage of cdk.json (${DEFAULT_STAGE})
  --content-type <type>  the Content-Type that the sender would give
  --query <parameters>   what would stand behind the "?" of the URL: 'audience_id=1042'
  --values               shows the first rows, with what they hold of people, and the objects they become
  --help                 shows this

Ends with 0 if all rows can be used, 1 if some can't, 2 if the command line is wrong.`
