import { expect, it } from 'vitest'
import { traceOf } from '../../../functions/shared/log.ts'

it('names the error and where it came through, without its message', () => {
  const { error, trace } = traceOf(new TypeError('fixture-a\n    at fixture-b (fixture-c:1:1)\nfixture-d'))
  expect(error).toBe('TypeError')
  expect(trace[0]).toContain('log.test.ts')
  expect(trace.join('\n')).not.toContain('fixture-')
})

it('bears what is no error', () => {
  expect(traceOf('fixture-a')).toEqual({ error: 'string', trace: [] })
  expect(traceOf(undefined)).toEqual({ error: 'undefined', trace: [] })
})
