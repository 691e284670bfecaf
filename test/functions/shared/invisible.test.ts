import { expect, test } from 'vitest'
import { invisibleIn, isBlank, showInvisible, tidy } from '../../../functions/shared/invisible.ts'

/** White space, controls, byte order marks, zero-width characters, direction marks and fillers. */
const INVISIBLE = [
  ...' \t\n\r\v\f\u0000\u001b\u007f\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180e\u2000\u2003\u2007\u2009',
  ...'\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u202f\u205f\u2060\u2064\u2066\u2069\u2800\u3000\u3164\ufeff\uffa0\ufff9',
]

test.each(INVISIBLE.map((character) => [character.charCodeAt(0).toString(16).padStart(4, '0'), character]))(
  'U+%s is removed at both ends and kept within',
  (_, character) => {
    expect(tidy(`${character}${character}a${character}b${character}`)).toBe(`a${character}b`)
    expect(isBlank(character)).toBe(true)
  },
)

test.each(['a', 'é', '❤️', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'e\u0301', '1️⃣', '\ufffd', '-', '李', '\ud83d'])(
  '%s stays as it is',
  (text) => {
    expect(tidy(text)).toBe(text)
    expect(isBlank(text)).toBe(false)
  },
)

test('takes linear time for a long run of spaces within a text', () => {
  const text = `a${' '.repeat(4_000_000)}b`
  expect(tidy(text)).toBe(text)
})

test('names the first invisible character that is no plain space', () => {
  expect(invisibleIn('a b\u200bc\u00a0')).toBe('U+200B')
  expect(invisibleIn('a b')).toBeUndefined()
  expect(showInvisible('external_id\u200b \ufeff')).toBe('external_id<U+200B> <U+FEFF>')
})
