import { expect, it } from 'vitest'
import { asciiJson, asciiJsonUpTo } from '../../../functions/shared/ascii-json.ts'

it.each([
  ['plain text', 'abc~', '"abc~"'],
  ['an accent', 'é', '"\\u00e9"'],
  ['an emoji, as its two halves', '😀', '"\\ud83d\\ude00"'],
  ['half of one', '\ud83d', '"\\ud83d"'],
  ['a line separator', '\u2028', '"\\u2028"'],
  ['the last code unit', '\uffff', '"\\uffff"'],
  ['delete', '\u007f', '"\\u007f"'],
  ['zero and line feed', '\0\n', '"\\u0000\\n"'],
])('writes %s', (_, text, json) => {
  expect(asciiJson(text)).toBe(json)
})

it('writes names as well as values', () => {
  expect(asciiJson({ é: ['ü', 1, null, true] })).toBe('{"\\u00e9":["\\u00fc",1,null,true]}')
})

it('is read back as what was written', () => {
  const value = { 'é\u0000😀': ['\ud800', '\u2029', '"\\'] }
  expect(JSON.parse(asciiJson(value))).toEqual(value)
})

it('writes up to a limit, and says of what is longer how long it would be', () => {
  expect(asciiJsonUpTo(14, 'éü')).toBe('"\\u00e9\\u00fc"')
  expect(asciiJsonUpTo(13, 'éü')).toBe(14)
  expect(asciiJsonUpTo(5, 'abc')).toBe('"abc"')
  expect(asciiJsonUpTo(4, 'abc')).toBe(5)
})
