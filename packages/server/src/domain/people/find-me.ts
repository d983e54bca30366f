import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Me } from '@confab/protocol/user'
import type { Domain } from '../domain.ts'

/** The signed-in person, with what only they see. Refuses `not_found` once they are erased. */
export async function findMe({ store, identity }: Domain, userId: UserId): Promise<Me> {
  const [me, email] = await Promise.all([store.me(userId), identity.emailOf(userId)])
  if (!me || email === undefined) throw new Refusal('not_found')
  return { ...me, email }
}
