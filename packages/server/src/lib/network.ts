/**
 * The network of an address, so that a person's own address need not be kept: IPv4 /24, IPv6 /48.
 * Undefined for none.
 */
export function networkOf(address: string | undefined): string | undefined {
  const groups = address === undefined ? undefined : parse(address)
  if (!groups) return undefined
  return groups.length === 4 ? `${groups.slice(0, 3).join('.')}.0/24` : `${hex(groups.slice(0, 3))}::/48`
}

/**
 * What limits are counted by: an IPv4 address, or the /64 that one household or machine has of IPv6 and may
 * take any address of. What is no address counts as it is.
 */
export function limitedNetwork(address: string): string {
  const groups = parse(address)
  if (!groups) return address
  return groups.length === 4 ? groups.join('.') : `${hex(groups.slice(0, 4))}::/64`
}

const hex = (groups: number[]): string => groups.map((group) => group.toString(16)).join(':')

/** The four bytes of an IPv4 address, also of one written as IPv6, or the eight groups of an IPv6 address. */
function parse(address: string): number[] | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) {
    const bytes = plain.split('.').map(Number)
    return bytes.every((byte) => byte < 256) ? bytes : undefined
  }
  const written = URL.parse(`http://[${plain}]`)?.hostname.slice(1, -1)
  if (written === undefined || !plain.includes(':')) return undefined
  const [before = '', after] = written.split('::')
  const head = groupsOf(before)
  const tail = groupsOf(after ?? '')
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length
  return [...head, ...Array<number>(zeros).fill(0), ...tail]
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
