import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { isRowErrorCode, rowErrorTexts } from '../../functions/receiver/row-errors.ts'

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, code]) => code ?? [])

test('every code a letter can have is explained, and no other', async () => {
  const codes = [
    ...matches(await read('functions/worker/park-reasons.ts'), /code: '(\w+)'/g),
    ...matches(await read('functions/receiver/row-errors.ts'), /^ {2}(\w+): \{/gm),
  ]
  const explained = matches(await read('docs/dead-letters.md'), /`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`(?=[^|\n]*\|)/g)
  expect(codes.length).toBeGreaterThan(20)
  expect(new Set(explained)).toEqual(new Set(codes))
})

test('what the receiver says stands in the console as it is: no character of it is escaped', async () => {
  const codes = matches(await read('functions/receiver/row-errors.ts'), /^ {2}(\w+): \{/gm).filter(
    isRowErrorCode,
  )
  expect(codes.length).toBeGreaterThan(20)
  for (const code of codes) {
    const { reason, hint } = rowErrorTexts(code)
    expect(`${reason} ${hint}`).toMatch(/^[ !#-[\]-~]+$/)
  }
})
