import { expect, test } from 'vitest'
import { portProblem } from '../../../bin/local/state.ts'

const failure = (code: string) => Object.assign(new Error('fixture'), { code })

test.each([
  [
    { variable: 'PORT', value: 8787 },
    8789,
    'Port 8789 is in use, perhaps by an earlier start. Stop that one, or set PORT, as in PORT=8797 npm run demo.',
  ],
  [
    { variable: 'SIMULATOR_PORT', value: 65_535 },
    65_535,
    'Port 65535 is in use, perhaps by an earlier start. Stop that one, or set SIMULATOR_PORT, as in SIMULATOR_PORT=65525 npm run demo.',
  ],
] as const)('with %j, port %i in use leads to the command with another port', (setting, port, message) => {
  expect(portProblem(failure('EADDRINUSE'), port, setting, 'npm run demo')).toMatchObject({ message })
})

test('a port below 1024 that needs privileges is explained', () => {
  expect(portProblem(failure('EACCES'), 80, { variable: 'PORT', value: 80 }, 'npm start')).toMatchObject({
    message: 'Port 80 may not be used here. Set PORT to one above 1023.',
  })
})

test('any other error is not explained as one about a port', () => {
  expect(portProblem(failure('ENOENT'), 8787, { variable: 'PORT', value: 8787 }, 'npm start')).toBeUndefined()
})
