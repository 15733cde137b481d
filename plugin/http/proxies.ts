// The reverse proxies that are believed when they say for whom they ask (http.trust_proxy).
import { BlockList, isIP } from 'node:net'

export type IsProxy = (address: string) => boolean

/** @throws Error, in words, for what is no address or network. */
export function proxiesOf(text: string): IsProxy {
  const list = new BlockList()
  for (const one of text.split(',')) {
    const name = one.trim()
    if (name === '') continue
    const [address, bits] = name.split('/')
    const family = isIP(address)
    const width = family === 4 ? 32 : 128
    const prefix = bits === undefined ? width : Number(bits)
    if (family === 0 || prefix > width)
      throw new Error(`'${name}' is no address or network, such as 127.0.0.1 or 10.0.0.0/8`)
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}
