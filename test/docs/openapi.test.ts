import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { NoRowUsable, ProblemAnswer, Summary, Tracked, TrackProblem } from '../../bin/openapi/answers.ts'
import { openApiDocument } from '../../bin/openapi/document.ts'
import { EXAMPLES } from '../../bin/openapi/examples.ts'
import { type ReceiverDeps, receive } from '../../functions/receiver/receive.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { routesOf } from '../../lib/routes.ts'
import { ids, SETTINGS } from '../functions/receiver/settings-fixture.ts'

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})
const written = readJson('docs/openapi.json')
const { paths, components } = Document.parse(written)

test('the document is the one that the schemas make: npm run openapi', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(openApiDocument(readJson('package.json').version))))
})

test('every reference leads to a schema', () => {
  const references = [...JSON.stringify(written).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref)
  const known = Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`)
  expect(references.length).toBeGreaterThan(20)
  expect(references.filter((ref) => ref === undefined || !known.includes(ref))).toEqual([])
})

test('its paths are those of the API', () => {
  const kinds = ['activations', 'events', 'records']
  const connections = Connections.parse({
    default: { exports: ['email'] },
    'some-name': { exports: ['email'] },
  })
  const routes = routesOf(connections).flatMap(({ path: route }) => {
    const path = route.replace('some-name', '{connection}')
    return path.includes('{kind}') ? kinds.map((kind) => path.replace('{kind}', kind)) : [path]
  })
  expect(new Set(Object.keys(paths))).toEqual(new Set(routes))
})

function open(changes: Partial<ReceiverDeps> = {}) {
  const deps: ReceiverDeps = {
    readSecret: () => async () => ({ token: 'fixture-token-current' }),
    sendBatch: async () => [],
    now: () => Date.parse('2026-01-05T10:00:00Z'),
    newId: ids(),
    pause: async () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    count: () => undefined,
    namePeople: async () => undefined,
    settings: SETTINGS,
    ...changes,
  }
  return async (
    path: string,
    body: string,
    { method = 'POST', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  ) => {
    const answer = await receive(
      {
        id: 'request-1',
        method,
        path,
        headers: { authorization: 'Bearer fixture-token-current', ...headers },
        query: {},
        body: Buffer.from(body),
        sourceIp: '192.0.2.1',
      },
      deps,
    )
    return { status: answer.status, json: JSON.parse(answer.body) }
  }
}

const schemaOf = (path: string, status: number) => {
  if (path === 'users/track') return status === 201 ? Tracked : TrackProblem
  return { 200: Summary, 422: NoRowUsable }[status] ?? ProblemAnswer
}

describe('an example', () => {
  test.each(EXAMPLES)(
    '$path, $name: is answered $status, in the shape that is documented',
    async (example) => {
      const { path, type, body, status } = example
      const prefix = path === 'users/track' ? '' : '/v1'
      const answer = await open()(`${prefix}/${path}`, body, { headers: { 'content-type': type } })
      expect(answer.status).toBe(status)
      expect(schemaOf(path, status).safeParse(answer.json).error).toBeUndefined()
    },
  )
})

describe('an answer that is no success', () => {
  const away: Partial<ReceiverDeps> = { sendBatch: async (batch) => batch }
  test.each([
    ['another token', '[]', { headers: { authorization: 'Bearer fixture-wrong' } }, {}, 401],
    ['another method', '[]', { method: 'DELETE' }, {}, 405],
    ['another compression', '[]', { headers: { 'content-encoding': 'br' } }, {}, 415],
    ['too many rows', `[${'1,'.repeat(100_000)}1]`, {}, {}, 413],
    ['a queue that takes nothing', '{"external_id":"u-1","a":1}', {}, away, 503],
  ] as const)('%s: has the shape that is documented', async (_, body, options, changes, status) => {
    for (const [url, path] of [
      ['/v1/records', 'records'],
      ['/users/track', 'users/track'],
    ] as const) {
      const sent = path === 'users/track' ? body.replace(/^(\{.*\})$/, '{"attributes":[$1]}') : body
      const answer = await open(changes)(url, sent, options)
      if (!(path === 'users/track' && status === 413)) expect(answer.status).toBe(status)
      expect(schemaOf(path, answer.status).safeParse(answer.json).error).toBeUndefined()
      expect(Object.keys(Object(Object(paths[url]?.post).responses))).toContain(String(answer.status))
    }
  })

  test('nor is a path or a connection that does not exist', async () => {
    for (const [path, status] of [
      ['/v1/nothing', 404],
      ['/v1/nobody/records', 401],
    ] as const) {
      const answer = await open()(path, '[]')
      expect(answer.status).toBe(status)
      expect(ProblemAnswer.safeParse(answer.json).error).toBeUndefined()
    }
  })
})
