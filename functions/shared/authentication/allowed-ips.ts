import { BlockList } from 'node:net'

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')

/** @param allowed addresses and CIDR blocks. One of IPv4 holds for the same address written as IPv6 too. */
export function isAllowed(sourceIp: string, allowed: readonly string[]): boolean {
  const list = new BlockList()
  for (const entry of allowed) {
    const [address = '', bits] = entry.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list.check(sourceIp, familyOf(sourceIp))
}
