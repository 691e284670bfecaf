import { expect, test } from 'vitest'
import { readOptions } from '../../../../bin/ops/redrive/options.ts'

test('without options: everything of the stage dev is shown, and nothing is done', () => {
  expect(readOptions([])).toEqual({
    kind: 'options',
    options: {
      queues: ['profiles', 'events'],
      codes: [],
      letters: [],
      connection: undefined,
      maxAgeMs: 86_400_000,
      includeStale: false,
      includeDoubtful: false,
      yes: false,
      show: false,
    },
    where: { kind: 'stack', stage: 'dev' },
  })
})

test('with all of them', () => {
  const text =
    '--local --state-dir x --queue events --code A_B,C_D --code E_F --letter m-1,m-2 --connection shop --max-age 3d --include-stale --include-doubtful --yes --show'
  expect(readOptions(text.split(' '))).toEqual({
    kind: 'options',
    options: {
      queues: ['events'],
      codes: ['A_B', 'C_D', 'E_F'],
      letters: ['m-1', 'm-2'],
      connection: 'shop',
      maxAgeMs: 259_200_000,
      includeStale: true,
      includeDoubtful: true,
      yes: true,
      show: true,
    },
    where: { kind: 'local', stateDir: 'x' },
  })
})
