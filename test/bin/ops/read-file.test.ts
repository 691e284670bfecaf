import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { describeProblem, fileReader } from '../../../bin/ops/read-file.edge.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'read-file-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test.each([
  ['plain', Buffer.from('fixture')],
  ['gzip', gzipSync('fixture')],
])('a file is read from its beginning at each call: %s', async (_, content) => {
  const file = join(folder(), 'file')
  writeFileSync(file, content)
  const read = await fileReader(file)
  if ('problem' in read) throw new Error(read.problem)
  expect([await text(read()), await text(read())]).toEqual(['fixture', 'fixture'])
})

test('a file that cannot be read: the problem says why', async () => {
  const path = folder()
  const file = join(path, 'file')
  writeFileSync(file, '')
  expect(await fileReader(path)).toEqual({
    problem: `${path} is a directory; name a file.`,
    isMissing: false,
  })
  const long = 'x'.repeat(300)
  for (const missing of [join(path, 'none'), join(file, 'none'), long])
    expect(await fileReader(missing)).toEqual({ problem: `There is no file ${missing}.`, isMissing: true })
})

test.each([
  ['EACCES', 'You have no permission to read rows.json.'],
  ['EPERM', 'You have no permission to read rows.json.'],
  ['EIO', 'rows.json cannot be read: fixture.'],
])('%s has its own sentence', (code, problem) => {
  expect(describeProblem('rows.json', { code, message: 'fixture' })).toBe(problem)
})
