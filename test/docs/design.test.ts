import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** docs/design.md and docs/contributing.md name files that exist. */

const section = (heading: string) => {
  const text = readFileSync('docs/design.md', 'utf8')
  const start = text.indexOf(`## ${heading}\n`)
  return text.slice(start, text.indexOf('\n## ', start + 1))
}

/** The numbered files of a table, with the folder that its row names or else the table's own. */
const filesIn = (table: string, folder: string) =>
  [...table.matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)].map(([, number, file = '']) => ({
    number: Number(number),
    path: `functions/${file.startsWith('shared/') ? '' : `${folder}/`}${file}`,
  }))

test.each([
  ['receiver', 33],
  ['worker', 18],
])('the path of a row through the %s has %i files, in order, and each exists', (folder, length) => {
  const [, receiver = '', worker = ''] = section('The path of a row').split('| | File |')
  const files = filesIn(folder === 'receiver' ? receiver : worker, folder)
  expect(files.map(({ number }) => number)).toEqual(Array.from({ length }, (_, index) => index + 1))
  expect(files.filter(({ path }) => !existsSync(path))).toEqual([])
})

test('the page for contributors links and names files that exist', () => {
  const text = readFileSync('docs/contributing.md', 'utf8')
  const linked = [...text.matchAll(/\]\((?:\.\.\/)([^)#]+)/g)].flatMap(([, path]) => path ?? [])
  const named = [...text.matchAll(/`((?:functions|lib|bin|test)\/[\w./-]+)`/g)].flatMap(
    ([, path]) => path ?? [],
  )
  expect(linked.length + named.length).toBeGreaterThan(20)
  expect([...linked, ...named].filter((path) => !existsSync(path))).toEqual([])
})
