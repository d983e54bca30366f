import type { FreshInvitation, Invitation } from '@confab/protocol/invitation'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import type { InvitationRecord } from '../../ports/invitations.ts'

/** An invitation as it is answered; where it leads is known from where it was asked for. */
export const toInvitation = ({
  id,
  createdBy,
  createdAt,
  expiresAt,
  usesMax,
  uses,
}: InvitationRecord): Invitation => ({
  id,
  createdBy,
  createdAt: isoTime(createdAt),
  expiresAt: isoTimeOrNull(expiresAt),
  usesMax,
  uses,
})

/** With its token, which is told this once. Behind `#` the link gives it to no server and no log. */
export const toFreshInvitation = (
  made: InvitationRecord & { token: string },
  publicUrl: string,
): FreshInvitation => ({
  ...toInvitation(made),
  token: made.token,
  url: `${publicUrl}/join#${made.token}`,
})
