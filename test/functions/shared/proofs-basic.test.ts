import { expect, it } from 'vitest'
import { authenticateWith } from './authentication-fixture.ts'

const ask = authenticateWith({ authentication: [{ kind: 'basic', user: 'fixture-user' }] })
const basic = (authorization: string) => ({ headers: { authorization } })

// Made with `printf %s <user>:<password> | base64`.
it.each([
  ['the name and the token', 'Basic Zml4dHVyZS11c2VyOmZpeHR1cmUtdG9rZW4tY3VycmVudA=='],
  ['without the padding', 'Basic Zml4dHVyZS11c2VyOmZpeHR1cmUtdG9rZW4tY3VycmVudA'],
  ['in other letters', 'bASIC  Zml4dHVyZS11c2VyOmZpeHR1cmUtdG9rZW4tY3VycmVudA=='],
])('lets in by %s', async (_, authorization) => {
  expect(await ask(basic(authorization))).toBeUndefined()
})

it('reads the password as UTF-8', async () => {
  const secret = { token: 'fixture-tökén-7731' }
  expect(
    await ask({ ...basic('Basic Zml4dHVyZS11c2VyOmZpeHR1cmUtdMO2a8Opbi03NzMx'), secret }),
  ).toBeUndefined()
})

it.each([
  ['another password', 'Basic Zml4dHVyZS11c2VyOmZpeHR1cmUtd3Jvbmc='],
  ['another name', 'Basic b3RoZXI6Zml4dHVyZS10b2tlbi1jdXJyZW50'],
  ['no colon', 'Basic Zml4dHVyZQ=='],
])('refuses %s', async (_, authorization) => {
  expect(await ask(basic(authorization))).toBe('wrong credentials')
})

it.each([
  ['what is no base64', 'Basic fixture-user:fixture-token-current'],
  ['nothing', 'Basic '],
  ['another scheme', 'Bearer fixture-token-current'],
])('asks for credentials where there is %s', async (_, authorization) => {
  expect(await ask(basic(authorization))).toBe('no credentials')
})
