import { createGunzip, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cut, type RequestLimits } from '../../../../bin/ops/sent-file/cut.ts'
import { builtInColumn } from '../../../../functions/receiver/columns.ts'

/** Yields the file in chunks of `size` bytes, so small that they end in the middle of rows. */
async function* chunksOf(file: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(file)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function requestBodies(file: string, limits: Partial<RequestLimits> = {}, size = 7) {
  const found: string[] = []
  for await (const request of cut(chunksOf(file, size), { rows: 2, bytes: 1_000, ...limits }, builtInColumn))
    found.push('problem' in request ? `problem: ${request.problem}` : request.body.toString())
  return found
}

describe('a file is cut into requests, in its order', () => {
  test('a JSON list, whatever its texts hold', async () => {
    const file = '[ {"id":"a,[\\"{"},\n{"id":"ü","n":[1,{"m":2}]} ,{"id":"😀\\\\"} ]\n'
    expect(await requestBodies(file)).toEqual([
      '[{"id":"a,[\\"{"},\n{"id":"ü","n":[1,{"m":2}]}]',
      '[{"id":"😀\\\\"}]',
    ])
  })

  test('one JSON object per line', async () => {
    expect(await requestBodies('{"id":"a"}\r\n\r\n{"id":"b"}\n{"id":"c"}')).toEqual([
      '{"id":"a"}\n{"id":"b"}\n',
      '{"id":"c"}\n',
    ])
  })

  test('a table: each request has the header, and cells keep their line breaks', async () => {
    expect(await requestBodies('\nuser_id;note\r\n1;"x\r\ny ""z"""\r\n\r\n2;\n3;c')).toEqual([
      'user_id;note\n1;"x\r\ny ""z"""\n2;\n',
      'user_id;note\n3;c\n',
    ])
  })

  test('rows at its beginning can be skipped', async () => {
    expect(await requestBodies('user_id,n\n1,a\n2,b\n3,c\n', { skip: 2 })).toEqual(['user_id,n\n3,c\n'])
    expect(await requestBodies('[1,2,3,4,5]', { skip: 1 })).toEqual(['[2,\n3]', '[4,\n5]'])
    expect(await requestBodies('[1,2]', { skip: 2 })).toEqual([])
  })

  test('a line of empty cells is a row', async () => {
    expect(await requestBodies('user_id\tn\n1\ta\n\t\n \n3\tc\n')).toEqual([
      'user_id\tn\n1\ta\n\t\n',
      'user_id\tn\n3\tc\n',
    ])
  })

  test('a request holds no more bytes than it may', async () => {
    const row = (id: string) => `{"id":"${id}","text":"${'x'.repeat(30)}"}`
    expect(await requestBodies(`[${row('a')},${row('b')},${row('c')}]`, { rows: 9, bytes: 110 })).toEqual([
      `[${row('a')},\n${row('b')}]`,
      `[${row('c')}]`,
    ])
  })
})

test.each([
  ['[ {"id":"a"},\n\n{"id":"b"} ]'],
  ['{"id":"a"}\r\n{"id":"b"}'],
  ['user_id\r\na\r\nb\r\n'],
  ['{"audience_id":"7","records":[{"id":"a"},{"id":"b"},{"id":"c"}]}'],
  ['user_id=a&tier=b'],
  ['[{"id":"a"},{"id":"b"},{"id":"c"}'],
  [''],
])('what fits one request stays as it is: %j', async (file) => {
  expect(await requestBodies(file)).toEqual([file])
})

test.each([
  ['{"records":[{"id":"a"},{"id":"b"},{"id":"c"}]}', 'can be cut into several'],
  ['[{"id":"a"},{"id":"b"},{"id":"c"}', 'does not end where the file ends'],
  ['[{"id":"a"},,{"id":"b"},{"id":"c"}]', 'has an empty element'],
  ['[{"id":"a"},{"id":"b"}][{"id":"c"},"x"]', 'does not end where the file ends'],
  ['user_id,note\n1,"open\n2,x\n3,y\n4,z\n5,zz', 'A quote in the table is not closed'],
  [`[{"id":"a"},{"id":"${'x'.repeat(50)}"}]`, 'Row 1 is larger than a request may be'],
])('%j cannot be cut, and the problem says why', async (file, why) => {
  const found = await requestBodies(file, { bytes: 30 })
  expect(found.at(-1)).toContain('problem: ')
  expect(found.at(-1)).toContain(why)
})

describe('reading fails', () => {
  const problems = async (chunks: AsyncIterable<Buffer>) => {
    const found: string[] = []
    for await (const request of cut(chunks, { rows: 1, bytes: 1_000 }, builtInColumn))
      if ('problem' in request) found.push(request.problem)
    return found
  }

  test('a damaged file is a problem', async () => {
    const expanding = createGunzip()
    expanding.end(gzipSync('[{"id":"a"},{"id":"b"}]').subarray(0, 20))
    expect(await problems(expanding)).toEqual([
      'The file cannot be read to its end and may be damaged: unexpected end of file.',
    ])
  })

  test('a fault of the program is not blamed on the file', async () => {
    const next = () => Promise.reject(new TypeError('fixture'))
    await expect(problems({ [Symbol.asyncIterator]: () => ({ next }) })).rejects.toThrow('fixture')
  })
})
