import { describe, expect, test } from 'vitest'
import { outcome, send } from './send.ts'

describe('a directive of Braze', () => {
  test.each<[cell: unknown, read: boolean]>([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    [1, true],
    [true, true],
    ['false', false],
    ['0', false],
  ])('is a boolean, also from a text: %j', async (cell, read) => {
    for (const body of [
      JSON.stringify({ external_id: 'u-1', a: '1', _update_existing_only: cell }),
      `external_id,a,_update_existing_only\nu-1,1,${cell}`,
    ]) {
      const { profiles } = await send(body)
      expect(profiles).toMatchObject([{ attributes: { a: '1', _update_existing_only: read } }])
    }
  })

  test('says nothing where it is empty, and is rejected where it is neither', async () => {
    expect((await send('external_id,a,_update_existing_only\nu-1,1,')).profiles).toMatchObject([
      { attributes: { a: '1' } },
    ])
    expect(await outcome('external_id,a,_merge_objects\nu-1,1,maybe')).toMatchObject({
      errors: [['CELL_NOT_OF_TYPE', 2]],
    })
  })
})
