import type * as WebAuthn from '@simplewebauthn/server'

/**
 * Puts off loading the WebAuthn library, with its whole ASN.1 and X.509, until somebody uses a passkey:
 * better-auth's plugin imports it at once, which took a third of the time of a start (150 ms of CPU, 8 MB).
 * Every function that the plugin calls is asynchronous, so each may wait for the library.
 *
 * To be called before the plugin is imported.
 */
export function loadWebAuthnWhenAsked(): void {
  const load = (): Promise<typeof WebAuthn> => {
    // From here on the name is the library's again; who has imported what stood for it keeps that.
    Bun.plugin.clearAll()
    return import('@simplewebauthn/server')
  }
  const exports: Partial<typeof WebAuthn> = {
    generateRegistrationOptions: async (options) => (await load()).generateRegistrationOptions(options),
    verifyRegistrationResponse: async (options) => (await load()).verifyRegistrationResponse(options),
    generateAuthenticationOptions: async (options) => (await load()).generateAuthenticationOptions(options),
    verifyAuthenticationResponse: async (options) => (await load()).verifyAuthenticationResponse(options),
  }
  Bun.plugin({
    name: 'webauthn-when-asked',
    setup(build) {
      build.module('@simplewebauthn/server', () => ({ loader: 'object', exports }))
    },
  })
}
