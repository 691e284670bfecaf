import { afterAll, expect } from 'vitest'
import { leaksSensitiveData } from './sensitive-fixtures.ts'

/**
 * Runs with every test file. It checks that nothing the functions logged meanwhile, wherever they wrote it,
 * contains a person, a value, a token or a key. A log line is recognised by the `service` that the logger
 * adds, a line of metrics by CloudWatch's own `_aws`.
 */
const OURS = /"service"|"_aws"/
const logged: string[] = []

function collect(text: unknown): void {
  for (const line of String(text).split('\n')) if (OURS.test(line)) logged.push(line)
}

/** Gives the console and the streams back, because several test files share one process. */
const restore: (() => void)[] = []

for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
  const original = console[method].bind(console)
  console[method] = (...parts: unknown[]) => {
    collect(parts[0])
    original(...parts)
  }
  restore.push(() => {
    console[method] = original
  })
}
for (const stream of [process.stdout, process.stderr]) {
  const original = stream.write.bind(stream)
  stream.write = (text: string | Uint8Array, ...rest: never[]) => {
    collect(text)
    return original(text, ...rest)
  }
  restore.push(() => {
    stream.write = original
  })
}

afterAll(() => {
  for (const giveBack of restore) giveBack()
  expect(logged.filter((line) => leaksSensitiveData(line))).toEqual([])
})
