import type { SignInOptions } from '@confab/protocol/account-settings'
import { joinPath, keptInvitation } from './arrival.ts'
import { call, SignInError, textOf } from './call.ts'

/** The ways in that are open, and who may sign up. Our own server's answer: it is not parsed again here. */
export async function openDoors(): Promise<SignInOptions> {
  const answer: unknown = await call('GET', '/api/v1/sign-in')
  if (!isOptions(answer)) throw new SignInError('The server has trouble. Please try again shortly.')
  return answer
}

const isOptions = (answer: unknown): answer is SignInOptions =>
  Array.isArray(Reflect.get(Object(answer), 'signIn')) &&
  Array.isArray(Reflect.get(Object(answer), 'providers'))

/** Leaves for the provider's page, which leads back here: signed in, or with `?error=`. */
export async function goToProvider(provider: string): Promise<void> {
  const invitation = keptInvitation()
  const answer = await call('POST', '/api/auth/sign-in/social', {
    provider,
    callbackURL: invitation === undefined ? '/' : joinPath,
    errorCallbackURL: '/',
    ...(invitation !== undefined && { additionalData: { invitation } }),
  })
  location.assign(textOf(answer, 'url'))
}
