import { expect, test } from 'vitest'
import * as z from 'zod'
import { plain } from '../../../bin/cli/paint.ts'
import { main } from '../../../bin/ops/main.ts'
import { NO_PROGRESS } from '../../no-progress.ts'

const run = async (...argv: string[]) => {
  const out: string[] = []
  const errors: string[] = []
  const code = await main({
    argv,
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  return { code, out: out.join('\n'), errors: errors.join('\n') }
}

/** What `explain --json` prints, as far as these tests read it. */
const Explained = z.object({
  result: z.object({
    columns: z.array(
      z.object({
        header: z.string(),
        type: z.string().optional(),
        kinds: z.object({ text: z.number().optional() }),
      }),
    ),
  }),
})

test.each([[[]], [['--help']], [['-h']]])('%j lists the commands', async (argv) => {
  const { code, out } = await run(...argv)
  expect([code, out]).toEqual([0, expect.stringMatching(/^ {2}redrive \[options\] +redrive dead letters/m)])
})

test('--version prints the version of package.json', async () => {
  expect(await run('--version')).toEqual({ code: 0, out: '0.1.0', errors: '' })
})

test.each([
  ['test/fixtures/activation.csv', 0],
  ['test/fixtures/mixed-bad.json', 1],
])('explain %s ends with %i', async (file, expected) => {
  const { code, out, errors } = await run('explain', file)
  expect([code, errors]).toEqual([expected, ''])
  expect(out).toContain('  Columns ')
  expect(out).not.toContain('cust-00')
  const json = await run('explain', file, '--json', '--stage', 'prod')
  expect(JSON.parse(json.out)).toMatchObject({
    command: 'explain',
    ok: expected === 0,
    result: { stage: 'prod', connection: 'default' },
  })
})

test.each([
  ['activation.json', 'activations', []],
  ['events.ndjson', 'events', []],
  ['activation.csv', 'activations', ['expiry date_ms', 'account string']],
  ['mixed-bad.json', 'records', []],
])(
  'the connection of the samples gives each column of digits in %s a type',
  async (file, endpoint, types) => {
    const { out } = await run(
      ...['explain', `test/fixtures/${file}`, '--endpoint', endpoint],
      ...['--connection', 'sample', '--json'],
    )
    const { columns } = Explained.parse(JSON.parse(out)).result
    const names = columns.map(({ header }) => header)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    expect(
      columns.flatMap(({ header, type, kinds }) => (type && kinds.text ? [`${header} ${type}`] : [])),
    ).toEqual(types)
  },
)

test('the connection of the samples exists for explain alone if it is asked for', async () => {
  const { code, errors } = await run('explain', 'test/fixtures/activation.csv', '--connection', 'smaple')
  expect([code, errors]).toEqual([2, expect.stringContaining('Known connections: default.')])
})

test.each([
  [['redirve'], "Unknown command 'redirve'\n(Did you mean redrive?)"],
  [['redrive', '--stael'], "Unknown option '--stael'\n(Did you mean --stage?)"],
  [['redrive', '--queue', 'profile'], 'It must be one of profiles, events. Did you mean profiles?'],
  [
    ['redrive', '--code', 'REJECTED_BY_BRAZ'],
    'no dead-letter code REJECTED_BY_BRAZ. Did you mean REJECTED_BY_BRAZE?',
  ],
  [['redrive', '--code', 'EVENT_REFUSED,NOPE'], 'no dead-letter code NOPE.'],
  [['redrive', '--stage', 'pord'], 'no stage pord. Known stages: dev, prod. Did you mean prod?'],
  [['redrive', '--max-age', '24'], "'24' is invalid. It must be a number followed by m, h or d"],
  [['redrive', '--rate', '0'], 'It must be a whole number from 1 to 99999.'],
  [['redrive', '--local', '--stage', 'prod'], "'--stage <name>' cannot be used with option '--local'"],
  [
    ['redrive', '--state-dir', 'x', '--stage', 'dev'],
    "'--stage <name>' cannot be used with option '--local'",
  ],
  [['redrive', 'extra'], 'got 1: extra'],
  [['status', '--run', 'anna.schmidt'], 'counted together: --run "(other)" shows them'],
  [['status', '--run', '889"'], '--run takes an id that the log shows: letters, digits, _ and -'],
  [['status', '--run', '1', '--person', 'x'], "'--run <id>' cannot be used with option '--person <id>'"],
  [['status', '--run', '1', '--braze-id', 'x'], "'--run <id>' cannot be used with option '--braze-id <id>'"],
  [
    ['status', '--person', 'x', '--braze-id', 'x'],
    "'--person <id>' cannot be used with option '--braze-id <id>'",
  ],
  [['status', '--run', '889', '--since', '3'], 'It must be a number followed by m, h or d'],
  [['status', '--run', '889', '--since', '0d'], 'It must be longer than 0.'],
  [['status', '--since', '3d'], '--since needs --run, --person or --braze-id.'],
  [['status', '--person', ''], 'It must not be empty.'],
  [['status', '--local', '--profile', 'x'], "'--profile <name>' cannot be used with option '--local'"],
  [['status', '--local', '--stage', 'prod'], "'--stage <name>' cannot be used with option '--local'"],
  [['pause', 'profile'], 'It must be one of profiles, events, both. Did you mean profiles?'],
  [['resume', 'events', 'profiles'], 'got 2: events, profiles'],
  [['pause', '--local', '--stage', 'prod'], "'--stage <name>' cannot be used with option '--local'"],
  [['rotate'], 'Usage: npm run ops -- rotate [options] [command]'],
  [['rotate', 'inbond'], "Unknown command 'inbond'\n(Did you mean inbound?)"],
  [['rotate', 'inbound', '--start', '--finish'], "'--start' cannot be used with option '--finish'"],
  [['rotate', 'inbound', '--show', '--json'], "'--show' cannot be used with option '--json'"],
  [['rotate', 'inbound', '--key-file', 'x'], "Unknown option '--key-file'"],
  [['rotate', 'braze', '--start'], "Unknown option '--start'"],
  [['rotate', 'braze', '--rest-endpoint', 'https://x'], '--rest-endpoint needs --key-file'],
  [['check', '--local', '--stage', 'prod'], "'--stage <name>' cannot be used with option '--local'"],
  [['dead-letters', 'fixture'], 'got 1: fixture'],
  [['dead-letters', 'show'], "Missing required argument 'message-id'"],
  [['dead-letters', 'show', 'a', '--json'], "Unknown option '--json'"],
  [['dead-letters', '--stage', 'prod', 'show', 'a'], 'Put the options of show after the message id.'],
  [['dead-letters', '--json', '--values'], "'--json' cannot be used with option '--values'"],
  [['dead-letters', '--export', 'x', '--json'], "'--export <file>' cannot be used with option '--json'"],
  [['dead-letters', '--export', 'x', '--values'], "'--export <file>' cannot be used with option '--values'"],
  [['dead-letters', '--older-than', '12'], 'It must be a number followed by m, h or d'],
  [['dead-letters', '--queue', 'event'], 'Did you mean events?'],
  [['dead-letters', '--code', 'REJECTED_BY_BRAZ'], 'Did you mean REJECTED_BY_BRAZE?'],
  [['captures', '--last', '0'], 'It must be a whole number from 1 to 9999.'],
  [['explain'], "Missing required argument 'file'"],
  [['explain', 'a.json', 'b.json'], 'got 2: a.json, b.json'],
  [['explain', 'none.json'], 'There is no file none.json.'],
  [['explain', 'test'], 'test is a directory; name a file.'],
  [['explain', 'package.json', '--endpoint', 'record'], 'Did you mean records?'],
  [
    ['explain', 'package.json', '--connection', 'defualt'],
    'no connection defualt. Known connections: default. Did you mean default?',
  ],
  [
    ['explain', 'package.json', '--stage', 'pord'],
    'no stage pord. Known stages: dev, prod. Did you mean prod?',
  ],
  [['send', 'none.json'], 'There is no file none.json.'],
  [['send', 'package.json', '--rows', '0'], 'It must be a whole number from 1 to 100000.'],
  [['send', 'package.json', '--skip', 'all'], 'It must be a whole number from 0 to 999999999.'],
  [['send', 'package.json', '--key', 'a b'], 'It must be a word of at most 200 ASCII characters.'],
  [['send', 'package.json', '--timeout', '30'], 'It must be a number followed by m, h or d'],
  [['send', 'package.json', '--timeout', '1m', '--no-follow'], "cannot be used with option '--no-follow'"],
  [['verify'], 'Name one file, or persons with --ids.'],
  [['verify', 'package.json', '--ids', 'a', '--audience-id', '1'], 'Name one file, or persons with --ids.'],
  [['verify', '--ids', 'a'], '--ids needs --audience-id'],
  [['verify', 'none.json'], 'There is no file none.json.'],
  [['verify', 'package.json', '--sample', '0'], 'It must be a whole number from 1 to'],
  [['verify', 'package.json', '--per-minute', '0'], 'It must be a whole number from 1 to 3000.'],
  [['verify', 'package.json', '--wait', '1m'], 'It must be a whole number from 0 to'],
  [['toString'], "Unknown command 'toString'"],
])('%j is a wrong command line', async (argv, told) => {
  const { code, out, errors } = await run(...argv)
  expect([code, out, errors]).toEqual([2, '', expect.stringContaining(told)])
})
