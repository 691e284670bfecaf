import { expect, it } from 'vitest'
import { isAllowedAddress } from '../../../functions/shared/authenticate.ts'
import { Connections } from '../../../functions/shared/connection.ts'

it.each([
  ['192.0.2.7', ['192.0.2.7']],
  ['192.0.2.7', ['198.51.100.1', '192.0.2.0/24']],
  ['10.255.255.255', ['10.0.0.0/8']],
  ['192.0.2.7', ['192.0.2.4/30']],
  ['192.0.2.7', ['0.0.0.0/0']],
  ['2001:db8::7', ['2001:0db8:0000::0007']],
  ['2001:db8:ffff::1', ['2001:db8::/32']],
  ['2001:db8::1', ['::/0']],
  ['::ffff:192.0.2.7', ['192.0.2.0/24']],
  ['::ffff:c000:207', ['192.0.2.7']],
])('%s is in %j', (address, allowed) => {
  expect(isAllowedAddress(address, allowed)).toBe(true)
})

it.each([
  ['192.0.2.8', ['192.0.2.7']],
  ['192.0.2.8', ['192.0.2.4/30']],
  ['11.0.0.0', ['10.0.0.0/8']],
  ['2001:db9::1', ['2001:db8::/32']],
  ['192.0.2.7', ['2001:db8::/32']],
  ['2001:db8::1', ['0.0.0.0/0']],
  ['::ffff:192.0.3.7', ['192.0.2.0/24']],
  ['', ['0.0.0.0/0']],
  ['fixture-host', ['0.0.0.0/0']],
  ['192.0.2.7, 198.51.100.1', ['0.0.0.0/0']],
])('%j is not in %j', (address, allowed) => {
  expect(isAllowedAddress(address, allowed)).toBe(false)
})

it.each(['192.0.2.7', '0.0.0.0/0', '192.0.2.255/32', '::1', '::/0', '::ffff:192.0.2.7', '2001:db8::/128'])(
  'what the settings take can be compared: %s',
  (entry) => {
    const { crm } = Connections.parse({ crm: { allowedIps: [entry] } })
    expect(() => isAllowedAddress('192.0.2.7', crm?.allowedIps ?? [])).not.toThrow()
  },
)

it.each([
  '192.0.2',
  '192.0.2.256',
  '192.0.2.0/33',
  '192.0.02.7',
  '2001:db8::/129',
  'fe80::1%eth0',
  'example.com',
  '192.0.2.0/',
])('the settings refuse %s', (entry) => {
  expect(Connections.safeParse({ crm: { allowedIps: [entry] } }).success).toBe(false)
})
