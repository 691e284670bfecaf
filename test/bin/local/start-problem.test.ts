import { expect, test } from 'vitest'
import { portProblem } from '../../../bin/local/start-problem.ts'

const inUse = Object.assign(new Error('fixture'), { code: 'EADDRINUSE' })

test('a port in use is answered with the command that was run, and a port that exists', () => {
  expect(portProblem(inUse, 8787, 'npm run demo')).toMatchObject({
    message:
      'Port 8787 is in use, perhaps by an earlier start. Stop that one, or set PORT, as in PORT=8788 npm run demo.',
  })
  expect(portProblem(inUse, 65_535, 'npm start')).toMatchObject({
    message: expect.stringContaining('as in PORT=65534 npm start.'),
  })
})

test('what is nothing about a port stays as it is', () => {
  const other = new Error('fixture 7731')
  expect(portProblem(other, 8787, 'npm start')).toBe(other)
})
