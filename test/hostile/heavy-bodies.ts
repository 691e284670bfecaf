import { gzipSync } from 'node:zlib'

/** A body as a client sends it: plain text or compressed bytes. */
export type HeavyBody = { name: string; make: () => string | Buffer; answers: string }

const MB = 1024 * 1024
const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(',')
const rows = (count: number, item: (index: number) => string) => gzipSync(`[${list(count, item)}]`)

/**
 * The heaviest bodies of each kind, each just within the limits or just beyond them. `answers` is the status,
 * followed by the number of accepted rows or by the problem.
 */
export const HEAVY_BODIES: readonly HeavyBody[] = [
  {
    name: 'a gzip bomb of 1 GB',
    make: () => Buffer.concat(Array<Buffer>(16).fill(gzipSync(Buffer.alloc(64 * MB, ' ')))),
    answers: '413 body-too-large',
  },
  { name: '6 MB of [', make: () => '['.repeat(6 * MB), answers: '413 too-many-values' },
  {
    name: '390,000 lists in each other',
    make: () => '['.repeat(390_000) + ']'.repeat(390_000),
    answers: '422 no-row-usable',
  },
  { name: '6 MB of digits', make: () => '1'.repeat(6 * MB), answers: '400 no-rows' },
  {
    name: '6 MB of digits as a value',
    make: () => `{"external_id":"fixture-a","a":${'1'.repeat(6 * MB - 40)}}`,
    answers: '422 no-row-usable',
  },
  {
    name: '6 MB of one row',
    make: () => `{"external_id":"fixture-a","a":"${'x'.repeat(6 * MB - 40)}"}`,
    answers: '422 no-row-usable',
  },
  {
    name: '16 MB of one row in control characters',
    make: () => gzipSync(`{"external_id":"fixture-a","a":"${'\u007f'.repeat(16 * MB - 40)}"}`),
    answers: '413 body-too-large',
  },
  {
    name: '100,000 rows of an accent each',
    make: () => rows(100_000, (n) => `{"external_id":"é${n}","a":"${'é'.repeat(15)}"}`),
    answers: '200 100000',
  },
  {
    name: '6 MB of tiny rows',
    make: () => `[${list(2_000_000, () => '{}')}]`,
    answers: '413 too-many-values',
  },
  { name: '100,000 rows that are none', make: () => rows(100_000, () => '1'), answers: '422 no-row-usable' },
  {
    name: '6 MB of ordinary rows',
    make: () =>
      `[${list(66_000, (n) => `{"external_id":"fixture-${n}","tier":"fixture-gold","score":${n},"city":"Köln","n":${n}}`)}]`,
    answers: '200 66000',
  },
  {
    name: '6 MB of ordinary CSV',
    make: () =>
      `external_id,tier,score,city,n\n${Array.from({ length: 66_000 }, (_, n) => `fixture-${n},"fixture-gold",${n},Köln,${n}`).join('\n')}`,
    answers: '200 66000',
  },
  {
    name: '6 MB of ordinary NDJSON',
    make: () =>
      Array.from(
        { length: 66_000 },
        (_, n) => `{"external_id":"fixture-${n}","tier":"fixture-gold","score":${n},"city":"Köln","n":${n}}`,
      ).join('\n'),
    answers: '200 66000',
  },
  {
    name: '100,000 lines of CSV that have a cell too many',
    make: () => gzipSync(`external_id,a,b\n${'fixture-u,1,2,3\n'.repeat(99_999)}`),
    answers: '422 no-row-usable',
  },
  {
    name: '100,000 lines of NDJSON that are broken',
    make: () =>
      gzipSync(`{"external_id":"fixture-u","a":1}\n${'{"external_id":"fixture-u","a":\n'.repeat(99_999)}`),
    answers: '200 1',
  },
  {
    name: '16 MB of commas',
    make: () => gzipSync(`external_id${','.repeat(16 * MB - 20)}`),
    answers: '413 too-many-values',
  },
  {
    name: '16 MB of empty cells',
    make: () => gzipSync(`external_id,a\n${',\n'.repeat(8 * MB - 20)}`),
    answers: '413 too-many-values',
  },
  {
    name: '16 MB in a quote that never closes',
    make: () => gzipSync(`external_id,a\nfixture-u,"${'x,\n'.repeat(5 * MB)}`),
    answers: '400 csv-broken',
  },
  {
    name: '6 MB of a form',
    make: () => `external_id=fixture-u&a=${'x'.repeat(6 * MB - 60)}`,
    answers: '422 no-row-usable',
  },
  {
    name: '6 MB of ordinary rows between tabs',
    make: () =>
      `external_id\ttier\tscore\tcity\tn\n${Array.from({ length: 79_000 }, (_, n) => `fixture-${n}\tfixture-gold-${'v'.repeat(30)}\t${n}\tKöln\t${n}`).join('\n')}`,
    answers: '200 79000',
  },
  {
    name: 'CSV whose rows leave other cells empty each',
    make: () =>
      gzipSync(
        `external_id,${list(199, (c) => `column_${c}`)}\n${Array.from(
          { length: 1_990 },
          (_, n) => `fixture-${n},${list(199, (c) => ((n * 31 + c * c * 17) % 7 < 3 ? '' : `x${c}`))}`,
        ).join('\n')}`,
      ),
    answers: '200 1990',
  },
  {
    name: '15 MB of blank lines before a broken quote',
    make: () => gzipSync(`external_id,a\nx,${'\n'.repeat(15 * MB)}y,z"`),
    answers: '400 csv-broken',
  },
  {
    name: '16 MB of lines that end in CR',
    make: () => gzipSync(`external_id\r${'x\r'.repeat(7 * MB)}`),
    answers: '413 too-many-values',
  },
  {
    name: 'lists behind a quote that never closes, in NDJSON',
    make: () => gzipSync(`{"external_id":"fixture-a","a":1}\n"\n[${'[],'.repeat(5 * MB)}[]]`),
    answers: '413 too-many-values',
  },
  {
    name: '15 MB of blank lines between two lines of NDJSON',
    make: () =>
      gzipSync(`{"external_id":"fixture-a","a":1}${'\n'.repeat(15 * MB)}{"external_id":"fixture-b","a":1}`),
    answers: '200 2',
  },
  {
    name: '16 MB of form fields',
    make: () => gzipSync('a=1&'.repeat(4 * MB - 10)),
    answers: '413 too-many-names',
  },
  {
    name: 'a form of 19,990 fields',
    make: () =>
      `external_id=fixture-u&${Array.from({ length: 19_989 }, (_, n) => `n${n}=${'v'.repeat(n % 10)}`).join('&')}`,
    answers: '422 no-row-usable',
  },
  { name: '6 MB of form fields', make: () => 'a=1&'.repeat(1_500_000), answers: '413 too-many-names' },
  {
    name: '100,000 rows that inherit 8 MB',
    make: () =>
      gzipSync(
        `{"audience_id":"${'a'.repeat(78)}","records":[${list(100_000, (n) => `{"user_id":"fixture-${n}"}`)}]}`,
      ),
    answers: '200 100000',
  },
  {
    name: '100,000 rows that inherit more',
    make: () =>
      gzipSync(
        `{"audience_id":"${'é'.repeat(250)}","records":[${list(100_000, () => '{"user_id":"fixture-a"}')}]}`,
      ),
    answers: '413 inherited-too-large',
  },
  {
    name: '16 MB of wide rows',
    make: () =>
      rows(
        7_600,
        (n) =>
          `{"external_id":"fixture-${n}",${list(50, (column) => `"column_${column}":"fixture-vvvvvvvvvvvvvvv${n % 10}"`)}}`,
      ),
    answers: '200 7600',
  },
  {
    name: 'rows of 20,000 different columns',
    make: () =>
      rows(
        18_000,
        (n) =>
          `{"external_id":"fixture-${n}",${list(20, (c) => `"h${(n * 20 + c * (1 + (n % 7))) % 19_990}":1`)}}`,
      ),
    answers: '200 18000',
  },
  {
    name: 'one row of 390,000 columns',
    make: () => gzipSync(`{"external_id":"fixture-a",${list(390_000, (n) => `"n${n}":1`)}}`),
    answers: '413 too-many-names',
  },
  {
    name: '19,990 spellings of a list of rows',
    make: () =>
      gzipSync(`{${list(19_990, (n) => `"rec${'_'.repeat(n % 150)}ords${'-'.repeat(n / 150)}":[]`)}}`),
    answers: '400 several-lists',
  },
  {
    name: '333,000 numbers of many digits',
    make: () =>
      rows(33_000, (n) => `{"external_id":"fixture-${n}",${list(10, (c) => `"h${c}":9007199254740992`)}}`),
    answers: '200 33000',
  },
  {
    name: '99,000 rows with a column twice',
    make: () =>
      rows(99_000, (n) => `{"external_id":"fixture-${n}","h${n % 19_000}":"x","h${n % 19_000}":"fixture-y"}`),
    answers: '422 no-row-usable',
  },
]
