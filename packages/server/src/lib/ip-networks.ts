import { BlockList, isIP } from 'node:net'

/** Blocks of IP addresses. An IPv4 address written as IPv6 (::ffff:10.0.0.1) is the IPv4 one. */
export interface IpNetworks {
  has(address: string): boolean
}

/** Undefined where one of the words is no block: an address, `10.0.0.0/8`, `loopback` or `private`. */
export function parseIpNetworks(words: readonly string[]): IpNetworks | undefined {
  const list = new BlockList()
  const wanted = words.flatMap((word) => named[word] ?? [word])
  for (const word of wanted) {
    const [address = '', prefix, ...rest] = word.split('/')
    const version = isIP(address)
    const bits = prefix === undefined ? bitsOf(version) : Number(prefix)
    if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? '0') || bits > bitsOf(version))
      return undefined
    list.addSubnet(address, bits, familyOf(version))
  }
  return {
    has(address) {
      const plain = plainAddress(address)
      const version = isIP(plain)
      return version !== 0 && list.check(plain, familyOf(version))
    },
  }
}

/**
 * Where somebody asks from: the peer, or what the trusted proxies say. Each proxy adds the address that it
 * was asked from to the end of `X-Forwarded-For`, so the last one that isn't a trusted proxy's is the
 * nearest that nobody could forge; what stands before it is hearsay.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | null,
  trusted: IpNetworks,
): string | undefined {
  if (peer === undefined) return undefined
  let nearest = plainAddress(peer)
  for (const word of (forwardedFor ?? '').split(',').reverse()) {
    const address = plainAddress(word.trim())
    if (!trusted.has(nearest) || isIP(address) === 0) break
    nearest = address
  }
  return nearest
}

const named: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1'],
  // RFC 1918, RFC 4193.
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

const plainAddress = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

const bitsOf = (version: number): number => (version === 4 ? 32 : 128)
const familyOf = (version: number) => (version === 4 ? 'ipv4' : 'ipv6')
