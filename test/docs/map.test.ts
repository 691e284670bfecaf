import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const linksOf = (file: string) =>
  [...readFileSync(join('docs', file), 'utf8').matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].map(
    ([, path = '']) => path,
  )

test('the map of the docs links every page', () => {
  const pages = readdirSync('docs').filter((file) => file !== 'README.md' && !file.endsWith('.png'))
  expect(linksOf('README.md')).toEqual(expect.arrayContaining(pages))
})

test.each(['README.md', 'faq.md'])('each link of docs/%s leads to a file', (file) => {
  expect(linksOf(file).filter((path) => !existsSync(join('docs', path)))).toEqual([])
})
