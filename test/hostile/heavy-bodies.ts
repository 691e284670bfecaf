import { gzipSync } from 'node:zlib'

/** A body as a client sends it: plain text or compressed bytes. */
export type HeavyBody = { name: string; make: () => string | Buffer; answers: string }

const MB = 1024 * 1024
const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(',')
const rows = (count: number, item: (index: number) => string) => gzipSync(`[${list(count, item)}]`)

const heavy = (name: string, answers: string, make: HeavyBody['make']): HeavyBody => ({ name, make, answers })

/**
 * The heaviest bodies of each kind, each just within the limits or just beyond them. `answers` is the status,
 * followed by the number of accepted rows or by the problem.
 */
export const HEAVY_BODIES: readonly HeavyBody[] = [
  heavy('a gzip bomb of 1 GB', '413 body-too-large', () =>
    Buffer.concat(Array<Buffer>(16).fill(gzipSync(Buffer.alloc(64 * MB, ' ')))),
  ),
  heavy('6 MB of [', '413 too-many-values', () => '['.repeat(6 * MB)),
  heavy('390,000 lists in each other', '422 no-row-usable', () => '['.repeat(390_000) + ']'.repeat(390_000)),
  heavy('6 MB of digits', '400 no-rows', () => '1'.repeat(6 * MB)),
  heavy(
    '6 MB of digits as a value',
    '422 no-row-usable',
    () => `{"external_id":"fixture-a","a":${'1'.repeat(6 * MB - 40)}}`,
  ),
  heavy(
    '6 MB of one row',
    '422 no-row-usable',
    () => `{"external_id":"fixture-a","a":"${'x'.repeat(6 * MB - 40)}"}`,
  ),
  heavy('16 MB of one row in control characters', '413 body-too-large', () =>
    gzipSync(`{"external_id":"fixture-a","a":"${'\u007f'.repeat(16 * MB - 40)}"}`),
  ),
  heavy('100,000 rows of an accent each', '200 100000', () =>
    rows(100_000, (n) => `{"external_id":"é${n}","a":"${'é'.repeat(15)}"}`),
  ),
  heavy('6 MB of tiny rows', '413 too-many-values', () => `[${list(2_000_000, () => '{}')}]`),
  heavy('100,000 rows that are none', '422 no-row-usable', () => rows(100_000, () => '1')),
  heavy(
    '6 MB of ordinary rows',
    '200 66000',
    () =>
      `[${list(66_000, (n) => `{"external_id":"fixture-${n}","tier":"fixture-gold","score":${n},"city":"Köln","n":${n}}`)}]`,
  ),
  heavy(
    '6 MB of ordinary CSV',
    '200 66000',
    () =>
      `external_id,tier,score,city,n\n${Array.from({ length: 66_000 }, (_, n) => `fixture-${n},"fixture-gold",${n},Köln,${n}`).join('\n')}`,
  ),
  heavy('6 MB of ordinary NDJSON', '200 66000', () =>
    Array.from(
      { length: 66_000 },
      (_, n) => `{"external_id":"fixture-${n}","tier":"fixture-gold","score":${n},"city":"Köln","n":${n}}`,
    ).join('\n'),
  ),
  heavy('100,000 lines of CSV that have a cell too many', '422 no-row-usable', () =>
    gzipSync(`external_id,a,b\n${'fixture-u,1,2,3\n'.repeat(99_999)}`),
  ),
  heavy('100,000 lines of NDJSON that are broken', '200 1', () =>
    gzipSync(`{"external_id":"fixture-u","a":1}\n${'{"external_id":"fixture-u","a":\n'.repeat(99_999)}`),
  ),
  heavy('16 MB of rows that break at their end', '400 not-json', () =>
    rows(90_000, (n) => `{"external_id":"fixture-${n}","a":"${'x'.repeat(130)}"${n === 89_999 ? ',' : ''}}`),
  ),
  heavy('16 MB of escapes in a text that never closes', '400 not-json', () =>
    gzipSync(`["${'\\\\'.repeat(8 * MB - 10)}`),
  ),
  heavy('16 MB of commas', '413 too-many-values', () => gzipSync(`external_id${','.repeat(16 * MB - 20)}`)),
  heavy('16 MB of empty cells', '413 too-many-values', () =>
    gzipSync(`external_id,a\n${',\n'.repeat(8 * MB - 20)}`),
  ),
  heavy('16 MB in a quote that never closes', '400 csv-broken', () =>
    gzipSync(`external_id,a\nfixture-u,"${'x,\n'.repeat(5 * MB)}`),
  ),
  heavy('6 MB of a form', '422 no-row-usable', () => `external_id=fixture-u&a=${'x'.repeat(6 * MB - 60)}`),
  heavy(
    '6 MB of ordinary rows between tabs',
    '200 79000',
    () =>
      `external_id\ttier\tscore\tcity\tn\n${Array.from({ length: 79_000 }, (_, n) => `fixture-${n}\tfixture-gold-${'v'.repeat(30)}\t${n}\tKöln\t${n}`).join('\n')}`,
  ),
  heavy('CSV whose rows leave other cells empty each', '200 1990', () =>
    gzipSync(
      `external_id,${list(199, (c) => `column_${c}`)}\n${Array.from(
        { length: 1_990 },
        (_, n) => `fixture-${n},${list(199, (c) => ((n * 31 + c * c * 17) % 7 < 3 ? '' : `x${c}`))}`,
      ).join('\n')}`,
    ),
  ),
  heavy('15 MB of blank lines before a broken quote', '400 csv-broken', () =>
    gzipSync(`external_id,a\nx,${'\n'.repeat(15 * MB)}y,z"`),
  ),
  heavy('16 MB of lines that end in CR', '413 too-many-values', () =>
    gzipSync(`external_id\r${'x\r'.repeat(7 * MB)}`),
  ),
  heavy('lists behind a quote that never closes, in NDJSON', '413 too-many-values', () =>
    gzipSync(`{"external_id":"fixture-a","a":1}\n"\n[${'[],'.repeat(5 * MB)}[]]`),
  ),
  heavy('15 MB of blank lines between two lines of NDJSON', '200 2', () =>
    gzipSync(`{"external_id":"fixture-a","a":1}${'\n'.repeat(15 * MB)}{"external_id":"fixture-b","a":1}`),
  ),
  heavy('16 MB of form fields', '413 too-many-names', () => gzipSync('a=1&'.repeat(4 * MB - 10))),
  heavy(
    'a form of 19,990 fields',
    '422 no-row-usable',
    () =>
      `external_id=fixture-u&${Array.from({ length: 19_989 }, (_, n) => `n${n}=${'v'.repeat(n % 10)}`).join('&')}`,
  ),
  heavy('6 MB of form fields', '413 too-many-names', () => 'a=1&'.repeat(1_500_000)),
  heavy('100,000 rows that inherit 8 MB', '200 100000', () =>
    gzipSync(
      `{"audience_id":"${'a'.repeat(78)}","records":[${list(100_000, (n) => `{"user_id":"fixture-${n}"}`)}]}`,
    ),
  ),
  heavy('100,000 rows that inherit more', '413 inherited-too-large', () =>
    gzipSync(
      `{"audience_id":"${'é'.repeat(250)}","records":[${list(100_000, () => '{"user_id":"fixture-a"}')}]}`,
    ),
  ),
  heavy('16 MB of wide rows', '200 7600', () =>
    rows(
      7_600,
      (n) =>
        `{"external_id":"fixture-${n}",${list(50, (column) => `"column_${column}":"fixture-vvvvvvvvvvvvvvv${n % 10}"`)}}`,
    ),
  ),
  heavy('rows of 20,000 different columns', '200 18000', () =>
    rows(
      18_000,
      (n) =>
        `{"external_id":"fixture-${n}",${list(20, (c) => `"h${(n * 20 + c * (1 + (n % 7))) % 19_990}":1`)}}`,
    ),
  ),
  heavy('one row of 390,000 columns', '413 too-many-names', () =>
    gzipSync(`{"external_id":"fixture-a",${list(390_000, (n) => `"n${n}":1`)}}`),
  ),
  heavy('19,990 spellings of a list of rows', '400 several-lists', () =>
    gzipSync(`{${list(19_990, (n) => `"rec${'_'.repeat(n % 150)}ords${'-'.repeat(n / 150)}":[]`)}}`),
  ),
  heavy('333,000 numbers of many digits', '200 33000', () =>
    rows(33_000, (n) => `{"external_id":"fixture-${n}",${list(10, (c) => `"h${c}":9007199254740992`)}}`),
  ),
  heavy('99,000 rows with a column twice', '422 no-row-usable', () =>
    rows(99_000, (n) => `{"external_id":"fixture-${n}","h${n % 19_000}":"x","h${n % 19_000}":"fixture-y"}`),
  ),
]
