import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, code]) => code ?? [])

test('every code a letter can have is explained, and no other', async () => {
  const codes = [
    ...matches(await read('functions/worker/refusals.ts'), /code: '([A-Z_]+)'/g),
    ...matches(await read('functions/receiver/refusal.ts'), /^ {2}([A-Z_]+): \{/gm),
  ]
  const explained = matches(await read('docs/dead-letters.md'), /`([A-Z]+_[A-Z_]+)`(?=[^|\n]*\|)/g)
  expect(codes.length).toBeGreaterThan(20)
  expect(new Set(explained)).toEqual(new Set(codes))
})
