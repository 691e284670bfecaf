import { expect, test } from 'vitest'
import { readRedriveOptions } from '../../../../bin/ops/redrive/options.ts'

test('without options: everything of the stage dev is shown, and nothing is done', () => {
  expect(readRedriveOptions([])).toEqual({
    kind: 'options',
    options: {
      queues: ['profiles', 'events'],
      codes: [],
      deadLetterIds: [],
      connection: undefined,
      run: undefined,
      maxAgeMs: 86_400_000,
      includeStale: false,
      includeDoubtful: false,
      rate: 100,
      yes: false,
      show: false,
    },
    targetOptions: { kind: 'stack', stage: 'dev' },
  })
})

test('with all of them', () => {
  const text =
    '--local --state-dir x --queue events --code A_B,C_D --code E_F --letter m-1,m-2 --connection shop --run 889 --rate 20 --max-age 3d --include-stale --include-doubtful --yes --show'
  expect(readRedriveOptions(text.split(' '))).toEqual({
    kind: 'options',
    options: {
      queues: ['events'],
      codes: ['A_B', 'C_D', 'E_F'],
      deadLetterIds: ['m-1', 'm-2'],
      connection: 'shop',
      run: '889',
      maxAgeMs: 259_200_000,
      includeStale: true,
      includeDoubtful: true,
      rate: 20,
      yes: true,
      show: true,
    },
    targetOptions: { kind: 'local', stateDir: 'x' },
  })
})
