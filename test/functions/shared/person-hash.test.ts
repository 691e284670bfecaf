import { expect, test } from 'vitest'
import { personHash, personNamer } from '../../../functions/shared/person-hash.ts'

const KEY = 'fixture-log-key-of-the-hash-tests-1'

/** Made with `printf '%s' 'external_id:fixture-u-1' | openssl dgst -sha256 -hmac …`, and so on. */
test.each([
  [{ external_id: 'fixture-u-1' }, '0c909c5224ad4491'],
  [{ braze_id: 'fixture-u-1' }, 'd17b65946bea1c32'],
  [{ email: 'fixture@example.test' }, 'a40f55b44c32061b'],
  [{ phone: '+4900fixture' }, 'd0f056d4b98b59ea'],
  [{ user_alias: { alias_name: 'fixture-name', alias_label: 'fixture-label' } }, '25b76522fd692d63'],
])('%o is called %s', (identifier, name) => {
  expect(personHash(KEY, identifier)).toBe(name)
})

test('another stack calls a person otherwise', () => {
  expect(personHash('fixture-log-key-of-the-hash-tests-2', { external_id: 'fixture-u-1' })).toBe(
    'bafa803c488fb14a',
  )
})

test('a key that can not be read names nobody, and is not asked for again within a minute', async () => {
  let [now, reads, isThere] = [0, 0, false]
  const namePeople = personNamer(
    async () => {
      reads += 1
      if (!isThere) throw new Error('fixture')
      return { key: KEY }
    },
    () => now,
  )
  expect(await namePeople()).toBeUndefined()
  isThere = true
  now = 59_999
  expect(await namePeople()).toBeUndefined()
  expect(reads).toBe(1)
  now = 60_000
  expect((await namePeople())?.({ external_id: 'fixture-u-1' })).toBe('0c909c5224ad4491')
})
