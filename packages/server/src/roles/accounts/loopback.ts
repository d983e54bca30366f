import { isPassedOn } from '../../lib/forwarding.ts'
import { isLoopbackAddress, isLoopbackUrl } from '../../lib/loopback.ts'

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
    !isPassedOn(headers)
  )
}
