import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { isoTimeOrNull } from '../../lib/clock.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'

/** How users are now, as far as the viewer may see. */
export const look = async (
  { presence, store }: { presence: PresenceBoard; store: Pick<Store, 'mutual'> },
  viewerId: UserId,
  userIds: readonly UserId[],
): Promise<Presence[]> => {
  const seen = await presence.look(userIds)
  const mutual = await store.mutual(viewerId, userIds)
  return seen.map((one) => shownTo(viewerId, mutual, one))
}

export const shownTo = (viewerId: UserId, mutual: ReadonlySet<UserId>, seen: Seen): Presence =>
  mutual.has(seen.userId) || seen.userId === viewerId ? shown(seen) : hidden(seen.userId)

export const shown = ({ userId, status, lastSeenAt }: Seen): Presence => ({
  userId,
  status,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
})

/** As who was never here. */
export const hidden = (userId: UserId): Presence => ({ userId, status: 'offline', lastSeenAt: null })
