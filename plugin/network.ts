// Network addresses as limits count them.

/** IPv4 in its dotted form, also where it comes mapped into IPv6 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  return (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '')
}

/** What one customer is given: 48 bits of IPv6 (RFC 6177 §2); of IPv4 the address, under a name of its own. */
export function siteOf(address: string): string {
  const groups = networkOf(address).split(':')
  return groups.length === 1 ? `${address}/32` : `${groups.slice(0, 3).join(':')}::/48`
}

/** What one subscriber commands: an IPv4 address, or 64 bits of IPv6 (RFC 6177 §2). */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head, tail = ''] = address.split('%')[0].split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`
}
