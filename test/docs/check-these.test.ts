import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WARNING_CODES } from '../../bin/ops/explain/check-these/warning.ts'

test('docs/operating.md explains every warning, in the order in which they are printed', () => {
  const [, section = ''] = readFileSync('docs/operating.md', 'utf8').split('\n## explain, captures:')
  const [table = ''] = section.split('\n## ')
  const codes = [...table.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
  expect(codes).toEqual([...WARNING_CODES])
})
