import { expect, it } from 'vitest'
import { markRepeats } from '../../../functions/receiver/exact-json.ts'

it.each([
  ['two values of one name', '{"a":1,"a":2}', '{"a":1,"a\\u0000again":2}'],
  ['the same name spelt with an escape', '{"a":1,"\\u0061":2}', '{"a":1,"\\u0061\\u0000again":2}'],
  ['two texts', '{"a":"x","a":"y\\"}"}', '{"a":"x","a\\u0000again":"y\\"}"}'],
  ['three', '{"a":1,"a":2,"a":3}', '{"a":1,"a\\u0000again":2,"a\\u0000again":3}'],
  ['two lists', '{"r":[1,2],"r":[3]}', '{"r":[1,2],"r\\u0000again":[3]}'],
  ['an object and null', '[{"a":{"b":1},"a":null}]', '[{"a":{"b":1},"a\\u0000again":null}]'],
  [
    'some within others',
    '{"a":1,"a":{"b":1,"b":2},"a":1}',
    '{"a":1,"a\\u0000again":{"b":1,"b\\u0000again":2},"a":1}',
  ],
  ['__proto__', '{"__proto__":1,"__proto__":2}', '{"__proto__":1,"__proto__\\u0000again":2}'],
])('marks %s', (_, text, marked) => {
  expect(markRepeats(text)).toBe(marked)
})

it.each([
  ['one value twice', '{"a":1, "a": 1 }'],
  ['one name in two objects', '[{"a":1},{"a":2}]'],
  ['one name within itself', '{"a":{"a":{"a":1}}}'],
  ['names in texts', '{"a":"{\\"a\\":1,","b":["a","a"]}'],
  ['nothing', ' [ ] '],
  ['a text alone', '"a"'],
])('leaves %s alone', (_, text) => {
  expect(markRepeats(text)).toBe(text)
})
