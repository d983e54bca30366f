import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/**
 * Flags of WebAuthn's authenticator data: somebody was there, was known by PIN or finger, a key is attached.
 */
const present = 0x01
const verified = 0x04
const attached = 0x40

/**
 * An authenticator in software, with one ES256 key (WebAuthn level 2). It may fail to make sure who uses it.
 */
export function softPasskey({ origin, makesSure = true }: { origin: string; makesSure?: boolean }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  const rpIdHash = sha256(new URL(origin).hostname)
  const who = present | (makesSure ? verified : 0)
  let counter = 0

  const client = (type: string, challenge: string) => Buffer.from(JSON.stringify({ type, challenge, origin }))
  const head = (flags: number) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    return Buffer.concat([rpIdHash, Buffer.from([flags]), count])
  }
  const named = (response: object) => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    /** The answer to the options of a registration. */
    register({ challenge }: { challenge: string }) {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const key = cbor(
        new Map<unknown, unknown>([
          ...[[1, 2] as const, [3, -7] as const, [-1, 1] as const],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      )
      // No maker, 16 zeros; then the credential's id after its length in two bytes.
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key])
      const authData = Buffer.concat([head(who | attached), credential])
      const attestation = cbor(
        new Map<unknown, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData],
        ]),
      )
      return named({
        clientDataJSON: client('webauthn.create', challenge).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
      })
    },

    /** The answer to the options of a sign-in. */
    assert({ challenge }: { challenge: string }) {
      const clientData = client('webauthn.get', challenge)
      const authData = head(who)
      const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), privateKey)
      return named({
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
      })
    },
  }
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()

/** As much of CBOR (RFC 8949) as an attestation holds: whole numbers, bytes, texts, maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? sized(1, -1 - value) : sized(0, value)
  if (value instanceof Uint8Array) return Buffer.concat([sized(2, value.length), value])
  if (typeof value === 'string')
    return Buffer.concat([sized(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map)
    return Buffer.concat([sized(5, value.size), ...[...value].flat().map((part) => cbor(part))])
  throw new TypeError(`no CBOR for ${typeof value}`)
}

function sized(kind: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(kind << 5) | size])
  if (size < 256) return Buffer.from([(kind << 5) | 24, size])
  return Buffer.from([(kind << 5) | 25, size >> 8, size & 255])
}
