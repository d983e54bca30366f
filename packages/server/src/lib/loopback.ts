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
