import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The session token within a signed one, `token.signature`, as better-auth puts it into its cookie and
 * into `set-auth-token`: HMAC-SHA-256 in base64, perhaps percent-encoded.
 * Undefined if the signature is not ours.
 */
export function openSignedToken(signed: string, secret: string): string | undefined {
  const decoded = percentDecoded(signed)
  const dot = decoded.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = decoded.slice(0, dot)
  const given = Buffer.from(decoded.slice(dot + 1), 'base64')
  const due = createHmac('sha256', secret).update(token).digest()
  return given.length === due.length && timingSafeEqual(given, due) ? token : undefined
}

/** A token as `openSignedToken` opens it, percent-encoded for a cookie. */
export function signToken(token: string, secret: string): string {
  return encodeURIComponent(`${token}.${createHmac('sha256', secret).update(token).digest('base64')}`)
}

/** A `Set-Cookie` for a cookie that better-auth named and gave its attributes. */
export function serializeCookie(
  {
    name,
    attributes,
  }: {
    name: string
    attributes: { path?: string | undefined; maxAge?: number | undefined; secure?: boolean | undefined }
  },
  value: string,
): string {
  const { path = '/', maxAge, secure } = attributes
  const life = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}${life}; Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}

export function withCookie(response: Response, cookie: string): Response {
  const headers = new Headers(response.headers)
  headers.append('set-cookie', cookie)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text // not percent-encoded after all, so its signature will not fit
  }
}

/** The value of a cookie in a `Cookie` header; the first, where there are several of the name. */
export function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}
