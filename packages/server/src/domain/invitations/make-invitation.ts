import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { NewInvitation } from '@confab/protocol/invitation'
import { permissionOf } from '@confab/protocol/permissions'
import { Refusal } from '@confab/protocol/refusal'
import { isoTimeOrNull } from '../../lib/clock.ts'
import { digest16 } from '../../lib/hash.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { InvitationRecord } from '../../ports/invitations.ts'
import type { List, ListPage } from '../../ports/store.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import { accessConversation, requireGroup } from '../conversations/access.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'

const hourMs = 3_600_000

/** Where an invitation leads: a conversation, or with null the installation itself. */
export type Destination = ConversationId | null

/**
 * Makes a link that lets whoever holds it in. To the installation it takes an administrator, to a group or
 * channel one of its admins. The token is answered this once and kept as its hash.
 */
export async function makeInvitation(
  domain: Domain,
  { to, actorId, expiresInHours, uses }: NewInvitation & { to: Destination; actorId: UserId },
): Promise<InvitationRecord & { token: string }> {
  await requireInviter(domain, to, actorId)
  const createdAt = domain.clock.now()
  const token = randomToken()
  const made = {
    id: domain.newId(),
    to,
    createdBy: actorId,
    createdAt,
    expiresAt: expiresInHours === null ? null : createdAt + expiresInHours * hourMs,
    usesMax: uses,
  }
  const detail = { conversationId: to, uses, expiresAt: isoTimeOrNull(made.expiresAt) }
  const noted = actOf(domain, actorId, { action: 'invitation.created', targetId: made.id, detail })
  await domain.invitations.add({ ...made, tokenHash: digest16(token), noted })
  return { ...made, uses: 0, token }
}

/** Those that are open still, for who may make them. */
export async function listInvitations(
  domain: Domain,
  { to, actorId, ...page }: ListPage & { to: Destination; actorId: UserId },
): Promise<List<InvitationRecord>> {
  await requireInviter(domain, to, actorId)
  return domain.invitations.list({ ...page, to, now: domain.clock.now() })
}

/** Ends one, whoever made it. */
export async function revokeInvitation(
  domain: Domain,
  { id, to, actorId }: { id: string; to: Destination; actorId: UserId },
): Promise<boolean> {
  await requireInviter(domain, to, actorId)
  const noted = actOf(domain, actorId, {
    ...{ action: 'invitation.revoked', targetId: id },
    detail: { conversationId: to },
  })
  return domain.invitations.revoke({ id, to, now: noted.at, noted })
}

async function requireInviter(
  domain: Pick<Domain, 'store'>,
  to: Destination,
  actorId: UserId,
): Promise<void> {
  if (to === null) return requireAdministrator(domain, actorId)
  const access = await accessConversation(domain, to, actorId)
  requireGroup(access)
  if (permissionOf('member.invite', access) !== 'yes')
    throw new Refusal('forbidden', { detail: 'Only admins invite by a link' })
}

/**
 * A link is good as long as its maker might make it again: who loses the role, or is suspended,
 * takes it along.
 */
export async function mayInvite(
  domain: Pick<Domain, 'store'>,
  to: Destination,
  userId: UserId,
): Promise<boolean> {
  try {
    await requireInviter(domain, to, userId)
    const [maker] = await domain.store.accountsOf([userId])
    return maker?.suspension === null
  } catch (refusal) {
    if (refusal instanceof Refusal) return false
    throw refusal
  }
}
