import { isAscii } from 'node:buffer'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { builtInColumn } from '../../../../functions/receiver/columns.ts'
import { decode } from '../../../../functions/receiver/decode/decode.ts'

const READING = { columnOf: builtInColumn, emptyCells: undefined }
const CSV = 'external_id,tier\nfixture-u1,gold\n'
const ROWS = [{ external_id: 'fixture-u1', tier: 'gold' }]

type Way = { encoding?: string; type?: string }
const asBytes = (body: Buffer, { encoding, type }: Way = {}) =>
  decode({ headers: { 'content-encoding': encoding, 'content-type': type }, body }, READING)

/** As API Gateway passes on a body whose content type is text. */
function asText(body: Buffer) {
  const text = body.toString('utf8')
  return decode({ headers: { 'content-type': 'text/csv' }, body: Buffer.from(text), text }, READING)
}

const bytes = (...parts: (number | string)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.of(part))),
  )
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const bigEndian = (text: string) => utf16(text).swap16()
const utf32 = (text: string) => Buffer.concat([...text].map((one) => bytes(one, 0, 0, 0)))

describe('a body that is not text with rows is named, in the same way as bytes and as text', () => {
  test.each<[title: string, body: Buffer]>([
    ['compressed with bzip2', bytes('BZh91AY&SY', 0xf6)],
    ['compressed with xz', bytes(0xfd, '7zXZ', 0)],
    ['compressed with zstd', bytes(0x28, 0xb5, 0x2f, 0xfd, 4)],
    ['compressed with lz4', bytes(4, '"M', 0x18, 'd@')],
    ['a ZIP archive or an Excel file', bytes('PK', 3, 4, 20, 0, 'external_id.csv')],
    ['a ZIP archive or an Excel file', bytes('PK', 5, 6, 0, 0)],
    ['a 7z archive', bytes('7z', 0xbc, 0xaf, 0x27, 0x1c)],
    ['a RAR archive', bytes('Rar!', 0x1a, 7)],
    ['an old Excel file', bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
    ['a PDF', bytes('%PDF-1.7\n', 0xe2, 0xe3)],
    ['a Parquet file', bytes('PAR1', 0x15, 0x04)],
    ['an Avro file', bytes('Obj', 1, 4, 'avro.schema')],
    ['an ORC file', bytes('ORC\n', 3)],
    ['an Arrow file', bytes('ARROW1', 0, 0)],
    ['text in UTF-16', utf16(CSV)],
    ['text in UTF-16', bigEndian(CSV)],
    ['text in UTF-16', utf16('[{"external_id":"fixture-u1"}]')],
    ['text in UTF-16', utf16('名前,external_id\n太郎,u-1\n')],
    ['text in UTF-16', bigEndian('Имя;external_id\r\nАнна;u-1\r\n')],
    ['text in UTF-32', utf32(CSV)],
    ['text in UTF-32', Buffer.concat([bytes(0xff, 0xfe, 0, 0), utf32(CSV)])],
    [
      'a multipart form',
      bytes('--x1\r\nContent-Disposition: form-data; name="file"\r\n\r\nexternal_id\nu\r\n--x1--'),
    ],
    ['a web page or XML', bytes('<!DOCTYPE html><html><body>502 Bad Gateway</body></html>')],
    ['a web page or XML', bytes('<?xml version="1.0"?><rows/>')],
    ['a web page or XML', bytes('\n <rows><row id="1"/></rows>')],
    ['an object that JavaScript turned into text, without its content', bytes('[object Object]')],
    ['encoded in base64', Buffer.from(Buffer.from('{"external_id":"z1b","tier":"gold"}').toString('base64'))],
    ['encoded in base64', Buffer.from(Buffer.from('[{"external_id":"z"}]').toString('base64url'))],
    ['encoded in base64', Buffer.from(Buffer.from(CSV).toString('base64'))],
    ['encoded in base64', Buffer.from(gzipSync(CSV).toString('base64'))],
    [
      'encoded in base64',
      Buffer.from(
        `${Buffer.from(`${CSV.repeat(9)}`)
          .toString('base64')
          .replace(/.{76}/g, '$&\r\n')}`,
      ),
    ],
  ])('%s', (title, body) => {
    const problem = { problem: 'format-not-read', status: 400, title: `The body is ${title}` }
    expect(asBytes(body)).toMatchObject(problem)
    expect(asText(body)).toMatchObject(problem)
  })

  test.each<[title: string, problem: string, body: Buffer]>([
    ['compressed with gzip', 'gzip-unnamed', gzipSync(CSV)],
    ['compressed with zlib (deflate)', 'format-not-read', deflateSync(CSV)],
    ['compressed with zlib (deflate)', 'format-not-read', deflateSync(CSV, { level: 1 })],
    ['compressed with zlib (deflate)', 'format-not-read', deflateSync(CSV, { level: 9 })],
    ['text in UTF-16', 'format-not-read', utf16(`\ufeff${CSV}`)],
    ['text in UTF-16', 'format-not-read', bigEndian(`\ufeff${CSV}`)],
    ['text in UTF-16', 'format-not-read', utf16('\ufeffäußere_id;external_id\nö;1')],
  ])('what only bytes can be read from, decoded as text: %s', (title, problem, body) => {
    expect(asText(body)).toMatchObject({ problem, status: 400, title: `The body is ${title}` })
  })
})

test.each<[what: string, body: Buffer, way?: Way]>([
  ['gzip', gzipSync(CSV)],
  ['gzip of gzip', gzipSync(gzipSync(CSV))],
  ['gzip of zlib', gzipSync(deflateSync(CSV))],
  ['gzip with another encoding in its header', gzipSync(CSV), { encoding: 'UTF-8' }],
  ['gzip named twice', gzipSync(gzipSync(CSV)), { encoding: 'gzip, gzip' }],
  ['zlib', deflateSync(CSV), { encoding: 'deflate' }],
  ['zlib of level 5', deflateSync(CSV, { level: 5 }), { encoding: 'deflate' }],
  ['zlib without a header', deflateSync(CSV)],
  ['zlib of level 5 without a header', deflateSync(CSV, { level: 5 })],
  ['UTF-16 with a mark', utf16(`\ufeff${CSV}`)],
  ['UTF-16 with a mark, big end first', bigEndian(`\ufeff${CSV}`), { type: 'application/octet-stream' }],
  ['gzip of UTF-16 with a mark', gzipSync(utf16(`\ufeff${CSV}`))],
  ...[
    'utf-8',
    'UTF8',
    'iso-8859-1',
    'windows-1252',
    'us-ascii',
    'none',
    'null',
    'binary',
    '8bit',
    'identity',
    '',
  ].map((encoding): [string, Buffer, Way] => [
    `"${encoding}" as the encoding`,
    Buffer.from(CSV),
    { encoding },
  ]),
  ['JSON in a JSON text', Buffer.from(JSON.stringify(JSON.stringify(ROWS)))],
  ['JSON as the name of a form field', Buffer.from(`${encodeURIComponent(JSON.stringify(ROWS))}=`)],
  ['JSON in the encoding of a form', Buffer.from(encodeURIComponent(JSON.stringify(ROWS)))],
  ['JSON in a form field', Buffer.from(`payload=${encodeURIComponent(JSON.stringify(ROWS))}`)],
])('%s is read', (_, body, way) => {
  expect(asBytes(body, way)).toMatchObject({ json: ROWS })
})

/**
 * A table in zlib, uncompressed within, of which all bytes are UTF-8. API Gateway can therefore decode it as text
 * without losing any of them.
 */
function zlibInUtf8(): Buffer {
  const length = 0xc340
  for (let number = 1; number < length; number++) {
    const table = Buffer.from(`external_id,tier\nu-1,${'z'.repeat(number)}`.padEnd(length, '0'))
    const block = Buffer.concat([Buffer.from([0x01, 0x40, 0xc3, 0xbf, 0x3c]), table])
    let [a, b] = [1, 0]
    for (const byte of table) {
      a = (a + byte) % 65_521
      b = (b + a) % 65_521
    }
    const checksum = Buffer.alloc(4)
    checksum.writeUInt32BE(b * 65_536 + a)
    if (isAscii(checksum)) return Buffer.concat([Buffer.from([0x78, 0x01]), block, checksum])
  }
  throw new Error('no checksum is ASCII')
}

test('what is compressed is expanded, even if it could be text', () => {
  const body = zlibInUtf8()
  for (const read of [asText(body), asBytes(body)])
    expect(read).toMatchObject({ json: [{ tier: expect.stringMatching(/^z+0+$/) }] })
})

test.each<[encoding: string, title: string]>([
  ...['br', 'zstd', 'compress', 'x-compress', 'xz', 'lz4', 'snappy', 'zip'].map(
    (encoding): [string, string] => [
      encoding,
      'The body is compressed in a way that the bridge does not read',
    ],
  ),
  ...['text/csv', 'csv', 'json', 'gzip;q=1', 'GZIPPED', '*'].map((encoding): [string, string] => [
    encoding,
    'The header Content-Encoding does not name a known compression',
  ]),
])('the encoding %s is answered 415', (encoding, title) => {
  const body = encoding === 'br' ? brotliCompressSync(CSV) : Buffer.from(CSV)
  expect(asBytes(body, { encoding })).toMatchObject({ problem: 'encoding-unknown', status: 415, title })
})

test.each([
  ['a table that begins with x', 'x^,external_id\n1,fixture-u1'],
  ['a table that begins with BZh', 'BZh91AYx,external_id\n1,fixture-u1'],
  ['a table that begins with PAR1', 'PAR1,external_id\n1,fixture-u1'],
])('%s is a table', (_, text) => {
  expect(asBytes(Buffer.from(text))).toMatchObject({ isTable: true })
})

test.each([
  ['a title before it', 'Report of 2026\n\nexternal_id,tier\nfixture-u1,gold', 3],
  ['the separator before it', 'sep=;\nexternal_id;tier\nfixture-u1;gold', 2],
  ['a ruler before it', '+----+----+\n| external_id | tier |\n+----+----+\n', 2],
])('a table with %s is told which line looks like its header', (_, text, line) => {
  expect(asBytes(Buffer.from(text))).toMatchObject({
    problem: 'format-unclear',
    detail: expect.stringContaining(`Line ${line} looks like the header: remove the lines before it.`),
  })
})
