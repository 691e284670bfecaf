import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { explained } from './check.ts'

const CSV = 'external_id,home_city\nfixture-p1,Köln\n'
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('files that are destroyed if they are sent as text', () => {
  test.each<[string, Buffer, string | undefined]>([
    ['UTF-16, little endian', utf16(CSV), undefined],
    ['UTF-16, big endian', utf16(CSV).swap16(), undefined],
    ['UTF-16, sent as CSV', utf16(CSV), 'text/csv'],
    ['UTF-16, sent as JSON', utf16('[{"external_id":"fixture-p1","tier":"gold"}]'), 'application/json'],
    ['UTF-16 with tabs', utf16('external_id\ttier\nfixture-p1\tgold\n'), 'text/tab-separated-values'],
    ['zlib', deflateSync(CSV), undefined],
    ['zlib, fast', deflateSync(CSV, { level: 1 }), undefined],
    ['zlib, sent as text', deflateSync(CSV), 'text/plain; charset=utf-8'],
    ['gzip', gzipSync(CSV), undefined],
    ['gzip, sent as JSON', gzipSync(CSV), 'application/json'],
    ['UTF-16 that is compressed', gzipSync(utf16(CSV)), undefined],
  ])('%s', (_, body, contentType) => {
    const { warnings } = explained({ body, contentType })
    expect(warnings[0]).toMatchObject({ code: 'ENCODING_NEEDS_BYTES', rows: 0 })
  })

  test('the header of UTF-16 is read', () => {
    const { warnings } = explained({
      body: utf16('Kunden-Nr;tier\n17;gold\n'),
      contentType: 'application/octet-stream',
    })
    expect(warnings).toMatchObject([{ code: 'HEADER_NOT_READ', column: 'Kunden-Nr' }])
  })

  test.each<[string, Buffer, string | undefined]>([
    ['gzip that is cut off', gzipSync(CSV).subarray(0, 20), undefined],
    ['UTF-8', Buffer.from(CSV), undefined],
    ['UTF-8, sent as CSV', Buffer.from(CSV), 'text/csv'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${CSV}`), 'text/csv'],
    ['ASCII', Buffer.from('external_id,tier\nfixture-p1,gold\n'), undefined],
    ['an empty file', Buffer.alloc(0), 'text/csv'],
    ['Latin-1, which is damaged either way', Buffer.from(CSV, 'latin1'), 'text/csv'],
    ['a broken character at the end', Buffer.from(CSV).subarray(0, -4), undefined],
    ['UTF-16, sent as bytes', utf16(CSV), 'application/octet-stream'],
    ['zlib, sent as bytes', deflateSync(CSV), 'application/octet-stream'],
    ['gzip, sent as gzip', gzipSync(CSV), 'application/gzip'],
    [
      'text that begins as zlib does',
      Buffer.from('x\u0001,external_id,tier\na,fixture-p1,gold\n'),
      'text/csv',
    ],
    ['an emoji', Buffer.from('external_id,mood\nfixture-p1,😀\n'), 'text/csv'],
  ])('not %s', (_, body, contentType) => {
    const { warnings } = explained({ body, contentType })
    expect(warnings.map(({ code }) => code)).not.toContain('ENCODING_NEEDS_BYTES')
  })
})
