import * as fc from 'fast-check'
import { bodies } from './bodies.ts'
import type { Body } from './body.ts'
import type { RawRequest } from './gateway.ts'
import { codings, mutations } from './mutations.ts'
import { type InjectedFault, SECRET } from './world.ts'

type Pair = readonly [name: string, value: string]
const often = <T>(usual: T, weight: number, others: readonly T[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: fc.constantFrom(...others), weight: 1 })

const { token, previousToken = '' } = SECRET

/** Headers with a valid token, some of them beside a wrong one. */
const RIGHT_TOKENS: readonly Pair[][] = [
  [['X-Api-Key', previousToken]],
  [['Authorization', `Bearer ${token}`]],
  [['authorization', `bEARER   ${token}`]],
  [
    ['x-api-key', 'fixture-token-wrong'],
    ['Authorization', `Bearer ${token}`],
  ],
]
const WRONG_TOKENS: readonly Pair[][] = [
  [],
  [['x-api-key', '']],
  [['x-api-key', `${token} `]],
  [['x-api-key', token.slice(0, -1)]],
  [['x-api-key', 'fixture-'.repeat(1_250)]],
  [['x-api-key', 'fixture-\0\ud800é😀']],
  [
    ['x-api-key', token],
    ['X-API-KEY', token],
  ],
  [['authorization', token]],
  [['authorization', `Basic ${token}`]],
  [['authorization', 'Bearer']],
  [['authorization', `Bearer${' '.repeat(9_000)}\u2028`]],
  [['authorization', `Bearer "${token}"`]],
  [
    ['authorization', `Bearer ${token}`],
    ['authorization', `Bearer ${token}`],
  ],
  [['__proto__', token]],
  [['cookie', `x-api-key=${token}`]],
]

const OTHER_HEADERS: readonly Pair[] = [
  ['Transfer-Encoding', 'chunked'],
  ['Content-Length', '0'],
  ['Content-Length', '99999999999999999999'],
  ['Content-Type', 'text/csv'],
  ['Content-Type', 'application/x-www-form-urlencoded'],
  ['Content-Type', 'application/json; charset=utf-16'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Forwarded-For', '127.0.0.1\r\nx-api-key: fixture-smuggled'],
  ['Idempotency-Key', ''],
  ['Idempotency-Key', ' \t '],
  ['Idempotency-Key', 'fixture-key-1'],
  ['idempotency-key', 'fixture-key-2'],
  ['Idempotency-Key', 'fixture-'.repeat(1_250)],
  ['Idempotency-Key', 'fixture-\0\ud800\u2028é😀"\\'],
  ['Webhook-Id', 'fixture-key-3'],
  ['constructor', 'fixture-header'],
  ['__proto__', 'fixture-header'],
]

/** No token is right for a connection that is not set up. */
const UNKNOWN_CONNECTIONS = [
  '/v1/fixture-connection/records',
  '/v1/events/events',
  `/v1/${'a'.repeat(10_000)}/records`,
]

const PATHS = [
  ...UNKNOWN_CONNECTIONS,
  '/v1/events',
  '/v1/records',
  '/v1/records/',
  '/v1/default/records',
  '/v1/__proto__/records',
  '/v1//records',
  '/v1/../v1/records',
  '/v1/records%2f',
  '/v1/%72ecords',
  '/v1/records//',
  '/v1/records\n',
  '/v1/récords',
  '/v1/records\0',
  `/v1/${'a/'.repeat(5_000)}`,
  '/V1/records',
  '/',
  '',
  '//',
]
const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'post', '']

const parameter: fc.Arbitrary<Pair> = fc.tuple(
  fc.constantFrom(
    'audience_id',
    'split_id',
    'op',
    'external_id',
    '__proto__',
    '',
    'unknown-name',
    '%ZZ',
    '%00',
    'a%5B%5D',
  ),
  fc.constantFrom(
    '1042',
    '2',
    'leave',
    'update',
    '',
    '%20',
    '%ZZ',
    '%ff%fe',
    '%00',
    'fixture-value',
    '%EF%BF%BD',
    'v'.repeat(300),
  ),
)
const queries: fc.Arbitrary<Pair[]> = fc.oneof(
  { arbitrary: fc.constant<Pair[]>([]), weight: 12 },
  { arbitrary: fc.array(parameter, { maxLength: 3 }), weight: 3 },
  { arbitrary: parameter.map((pair) => Array<Pair>(1_000).fill(pair)), weight: 1 },
)

const INJECTED_FAULTS: readonly InjectedFault[] = [
  'the first call to SQS',
  'one message of each call',
  'SQS',
  'the secret',
]

/** A hostile request, the body it was made of, and the fault that is injected while it is handled. */
export type Attack = {
  request: RawRequest
  body: Body
  fault: InjectedFault
  authentic: boolean
  /** Whether the body arrives unchanged, so that the expected result of each row is known. */
  intact: boolean
}

const tokens = fc.oneof(
  { arbitrary: fc.constant<Pair[]>([['x-api-key', token]]), weight: 8 },
  { arbitrary: fc.constantFrom(...RIGHT_TOKENS), weight: 2 },
  { arbitrary: fc.constantFrom(...WRONG_TOKENS), weight: 1 },
)

export const attacks: fc.Arbitrary<Attack> = fc
  .record({
    body: bodies,
    changes: mutations,
    coding: codings,
    tokens,
    others: fc.array(fc.constantFrom(...OTHER_HEADERS), { maxLength: 2 }),
    path: often('/v1/records', 12, PATHS),
    method: often('POST', 25, METHODS),
    query: queries,
    asText: often(false, 3, [true]),
    fault: often<InjectedFault>('none', 8, INJECTED_FAULTS),
  })
  .map(({ body, changes, coding, tokens, others, path, method, query, asText, fault }) => {
    const bytes = changes.reduce<Buffer>((before, change) => change(before), Buffer.from(body.text))
    const encoding: Pair[] = coding.named === undefined ? [] : [['Content-Encoding', coding.named]]
    return {
      request: {
        method,
        path,
        query,
        headers: [...encoding, ...tokens, ...others],
        body: coding.encode(bytes),
        asText,
      },
      body,
      fault,
      authentic: !WRONG_TOKENS.includes(tokens) && !UNKNOWN_CONNECTIONS.includes(path),
      intact: changes.length === 0 && coding.sound,
    }
  })
