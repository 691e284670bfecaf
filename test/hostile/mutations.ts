import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'

/** Changes the bytes of a body. In the mutations below, `at` is a position in the body from 0 up to 1. */
type Mutation = (bytes: Buffer) => Buffer

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const FRAGMENTS: readonly (string | number[])[] = [
  '[',
  '{',
  '}',
  ']',
  '"',
  '\\',
  ',',
  ':',
  ';',
  '\t',
  '\r',
  '\n',
  '&',
  '=',
  '\0',
  '\u001f\u008b',
  '\ufeff',
  '1e400',
  '123456789012345678901234567890',
  '"__proto__":1,',
  '[[[[[[[[[[[[[[[[[[[[',
  '\\ud800',
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0x1f, 0x8b, 0x08],
]

const cutAt = (bytes: Buffer, at: number) => Math.floor(at * (bytes.length + 1))
const splice = (bytes: Buffer, from: number, to: number, fragment: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, from), fragment, bytes.subarray(to)])

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, fc.integer({ min: 1, max: 255 })).map(([at, mask]) => (bytes: Buffer) => {
    const from = cutAt(bytes, at)
    return splice(bytes, from, from + 1, Buffer.from([(bytes[from] ?? 0) ^ mask]))
  }),
  fc.tuple(position, fc.constantFrom(...FRAGMENTS)).map(([at, fragment]) => (bytes: Buffer) => {
    const from = cutAt(bytes, at)
    return splice(
      bytes,
      from,
      from,
      typeof fragment === 'string' ? Buffer.from(fragment) : Buffer.from(fragment),
    )
  }),
  fc.tuple(position, fc.integer({ min: 1, max: 40 })).map(([at, length]) => (bytes: Buffer) => {
    const from = cutAt(bytes, at)
    return splice(bytes, from, from + length, Buffer.alloc(0))
  }),
  fc.tuple(position, position, fc.integer({ min: 1, max: 60 })).map(([at, to, length]) => (bytes: Buffer) => {
    const [from, target] = [cutAt(bytes, at), cutAt(bytes, to)]
    return splice(bytes, target, target, bytes.subarray(from, from + length))
  }),
  position.map((at) => (bytes: Buffer) => bytes.subarray(0, cutAt(bytes, at))),
  fc
    .constantFrom('latin1', 'utf16le')
    .map((charset) => (bytes: Buffer) => Buffer.from(bytes.toString(), charset)),
  fc.constant((bytes: Buffer) => Buffer.concat([Buffer.from([0xff, 0xfe]), bytes])),
)

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.oneof(
  { arbitrary: fc.constant([]), weight: 5 },
  { arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }), weight: 2 },
)

/** The content encoding in which a body is sent. */
export type Coding = {
  encode: Mutation
  /** The value of the Content-Encoding header; undefined if there is no such header. */
  named: string | undefined
  /** Whether the receiver must be able to decode it. */
  sound: boolean
}

const halves = (bytes: Buffer) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]
const coding = (named: string | undefined, sound: boolean, encode: Mutation): Coding => ({
  encode,
  named,
  sound,
})

const CODINGS: readonly Coding[] = [
  coding('gzip', true, (bytes) => gzipSync(bytes)),
  coding(' GZIP ', true, (bytes) => gzipSync(bytes)),
  coding(undefined, true, (bytes) => gzipSync(bytes)),
  coding('gzip', true, (bytes) => bytes),
  coding('identity', true, (bytes) => bytes),
  coding('gzip', true, (bytes) => Buffer.concat(halves(bytes).map((half) => gzipSync(half)))),
  coding('gzip', false, (bytes) => gzipSync(bytes).subarray(0, -9)),
  coding('gzip', false, (bytes) => gzipSync(gzipSync(bytes))),
  coding('gzip', false, (bytes) => Buffer.concat([Buffer.from([0x1f, 0x8b, 0x08]), bytes])),
  coding('gzip', false, (bytes) => Buffer.concat([gzipSync(bytes), gzipSync('[1,2]').subarray(0, 12)])),
  coding('gzip,gzip', false, (bytes) => gzipSync(gzipSync(bytes))),
  coding('deflate', false, (bytes) => deflateSync(bytes)),
  coding('br', false, (bytes) => brotliCompressSync(bytes)),
  coding('br', false, (bytes) => bytes),
  coding('gzip\0', false, (bytes) => bytes),
]

export const codings: fc.Arbitrary<Coding> = fc.oneof(
  { arbitrary: fc.constant(coding(undefined, true, (bytes) => bytes)), weight: 6 },
  { arbitrary: fc.constantFrom(...CODINGS), weight: 2 },
)
