import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { blocksChannel } from '../delivery/channels.ts'
import type { Domain } from '../domain.ts'

/**
 * Blocks a person, or lets them be again. Between the two, whichever has blocked the other, nothing new is
 * said in their direct conversation and neither sees the other's presence; who is blocked adds the blocker to
 * nothing. Refuses `not_found` for who is no user, `invalid` for oneself, `conflict` above `blocksMax`.
 */
export async function blockUser(
  { commits, clock, bus }: Domain,
  { actorId, userId, on }: { actorId: UserId; userId: UserId; on: boolean },
): Promise<void> {
  if (actorId === userId) {
    const message = 'Nobody blocks themselves'
    throw new Refusal('invalid', { detail: message, errors: [{ path: 'userId', message }] })
  }
  const { fresh } = await commits.commit({ write: 'block.change', actorId, at: clock.now(), userId, on })
  if (fresh) bus.publish([{ channel: blocksChannel, seq: 0, body: `${actorId} ${userId}` }])
}
