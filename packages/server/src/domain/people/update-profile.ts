import type { UserId } from '@confab/protocol/ids'
import type { ProfileChange } from '@confab/protocol/requests'
import type { Me } from '@confab/protocol/user'
import { given } from '../../lib/given.ts'
import type { Domain } from '../domain.ts'
import { accessMe } from './find-me.ts'

/** Changes one's own profile; who shares a conversation is told. Refuses `conflict` for a taken handle. */
export async function updateProfile(domain: Domain, userId: UserId, change: ProfileChange): Promise<Me> {
  const { commits, clock } = domain
  await commits.commit({ write: 'profile.change', actorId: userId, at: clock.now(), change: given(change) })
  return accessMe(domain, userId)
}
