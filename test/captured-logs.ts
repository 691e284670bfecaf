import { afterAll, expect } from 'vitest'
import { leaksSensitiveData } from './sensitive-fixtures.ts'

/**
 * Runs with every test file. It checks that nothing the functions logged meanwhile, wherever they wrote it,
 * contains a person, a value, a token or a key. A log line is recognised by the `service` that the logger
 * adds, a line of metrics by CloudWatch's own `_aws`.
 */
const OURS = /"service"|"_aws"/
const logged: string[] = []
/** Several test files may share a process, so each leaves the console as it was. */
const restores: (() => void)[] = []

function collect(text: unknown): void {
  for (const line of String(text).split('\n')) if (OURS.test(line)) logged.push(line)
}

for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
  const original = console[method]
  console[method] = (...parts: unknown[]) => {
    collect(parts[0])
    original.apply(console, parts)
  }
  restores.push(() => {
    console[method] = original
  })
}
for (const stream of [process.stdout, process.stderr]) {
  const original = stream.write
  stream.write = (text: string | Uint8Array, ...rest: never[]) => {
    collect(text)
    return original.call(stream, text, ...rest)
  }
  restores.push(() => {
    stream.write = original
  })
}

afterAll(() => {
  for (const restore of restores) restore()
  expect(logged.filter((line) => leaksSensitiveData(line))).toEqual([])
})
