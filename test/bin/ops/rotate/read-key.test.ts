import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type Keyboard, readKey } from '../../../../bin/ops/rotate/read-key.edge.ts'

const keyboard = (isTTY: boolean): PassThrough & Keyboard => Object.assign(new PassThrough(), { isTTY })

test('what is typed is read up to Enter, and shown to nobody', async () => {
  const echoed: string[] = []
  const typing = keyboard(true)
  const read = readKey('-', typing, (text) => echoed.push(text))
  typing.write('fixture-braze-key\r')
  expect(await read).toBe('fixture-braze-key')
  expect(echoed).toEqual(['The new Braze key (it is not shown): ', '\n'])
})

test('Ctrl-C gives no key', async () => {
  const typing = keyboard(true)
  const read = readKey('-', typing, () => undefined)
  typing.write('fixture\u0003')
  expect(await read).toBeUndefined()
})

test('what is piped in is read to its end, without a question', async () => {
  const piped = keyboard(false)
  piped.end('fixture-braze-key\n')
  expect(await readKey('-', piped, () => expect.fail('asked'))).toBe('fixture-braze-key\n')
})

test('a file that is not there gives no key', async () => {
  expect(await readKey('test/fixtures/none', keyboard(true), () => expect.fail('asked'))).toBeUndefined()
})
