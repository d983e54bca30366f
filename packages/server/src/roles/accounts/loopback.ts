/** An IP address that only this machine itself can have: 127.0.0.0/8, ::1, and the former written as IPv6. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain)
}

/** A URL that can only mean this machine: browsers and resolvers keep `localhost` to it (RFC 6761). */
export function isLoopbackUrl(url: string): boolean {
  const host = URL.parse(url)?.hostname
  if (host === undefined) return false
  return host === 'localhost' || isLoopbackAddress(host.replace(/^\[(.*)\]$/, '$1'))
}

const forwarding = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'true-client-ip',
])
const isForwarding = (name: string): boolean => /^x-(forwarded|original)/.test(name) || forwarding.has(name)

/**
 * Whether somebody at this machine asks this machine: the peer, the `Host` that was asked for and
 * PUBLIC_URL are all loopback, and nothing says that the request was passed on. A proxy that adds no
 * header is kept out by `Host`, and so is a page that has its own name resolve to 127.0.0.1.
 */
export function isFromThisMachine({
  peer,
  headers,
  publicUrl,
}: {
  peer: string | undefined
  headers: Headers
  publicUrl: string
}): boolean {
  const host = headers.get('host')
  return (
    peer !== undefined &&
    isLoopbackAddress(peer) &&
    host !== null &&
    isLoopbackUrl(`http://${host}`) &&
    isLoopbackUrl(publicUrl) &&
    ![...headers.keys()].some(isForwarding)
  )
}
