import { call, SignInError, textOf } from './call.ts'

/** They are bound to a name: on a bare address, or without https off this machine, browsers make none. */
export const canUsePasskeys = (): boolean =>
  window.isSecureContext &&
  'PublicKeyCredential' in window &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential &&
  !/^(\d+\.){3}\d+$|^\[/.test(location.hostname)

export async function signInByPasskey(): Promise<void> {
  const options = await call('GET', '/api/auth/passkey/generate-authenticate-options')
  if (!isRequest(options)) throw new SignInError('Passkeys are not asked for here.')
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const response = await answered(navigator.credentials.get({ publicKey }))
  await call('POST', '/api/auth/passkey/verify-authentication', { response })
}

export async function addPasskey(name: string): Promise<void> {
  const options = await call(
    'GET',
    `/api/auth/passkey/generate-register-options?name=${encodeURIComponent(name)}`,
  )
  if (!isCreation(options)) throw new SignInError('Passkeys are not kept here.')
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const response = await answered(navigator.credentials.create({ publicKey }))
  await call('POST', '/api/auth/passkey/verify-registration', { response, name })
}

// Our own server's answers, of which the browser parses the rest.
const isRequest = (options: unknown): options is PublicKeyCredentialRequestOptionsJSON =>
  textOf(options, 'challenge') !== ''
const isCreation = (options: unknown): options is PublicKeyCredentialCreationOptionsJSON =>
  textOf(options, 'challenge') !== ''

async function answered(asked: Promise<Credential | null>): Promise<unknown> {
  const credential = await asked.catch((cause: unknown) => {
    throw new SignInError(whyNot(cause), { cause })
  })
  if (!(credential instanceof PublicKeyCredential)) throw new SignInError('No passkey was chosen.')
  return credential.toJSON()
}

function whyNot(cause: unknown): string {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : ''
  if (name === 'SecurityError') return 'Passkeys don’t work at this address. Open Confab at its own one.'
  if (name === 'InvalidStateError') return 'This device has a passkey for your account already.'
  return 'No passkey was used. You can try again, or take another way.'
}
