import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Domain } from '../domain.ts'

/** Refuses `forbidden` to who doesn't run the installation. */
export async function requireAdministrator({ store }: Pick<Domain, 'store'>, userId: UserId): Promise<void> {
  const me = await store.me(userId)
  if (me?.serverRole !== 'admin') throw new Refusal('forbidden', { detail: 'This needs an administrator' })
}
