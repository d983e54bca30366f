import type { InvitationTarget } from '@confab/protocol/invitation'
import { call, SignInError, textOf } from './call.ts'

/** Where it leads; null for one to the server alone, whose holder is there already. */
export async function lookAtInvitation(token: string): Promise<InvitationTarget['conversation']> {
  const { invitationTarget } = await import('@confab/protocol/invitation')
  const answer = await call('POST', '/api/v1/invitations/look', { token }).catch(inWords)
  return invitationTarget.parse(answer).conversation
}

/** Joins, and answers the conversation's id. */
export async function acceptInvitation(token: string): Promise<string> {
  return textOf(await call('POST', '/api/v1/invitations/accept', { token }).catch(inWords), 'id')
}

function inWords(cause: unknown): never {
  if (cause instanceof SignInError && cause.code === 'not_found')
    throw new SignInError('This invitation is no longer good. Ask who sent it for a new one.', {
      code: cause.code,
    })
  throw cause
}
