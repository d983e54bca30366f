import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { User } from '@confab/protocol/user'
import type { List, ListPage } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'

/** The directory. */
export const searchUsers = ({ store }: Domain, page: ListPage & { query: string }): Promise<List<User>> =>
  store.searchUsers(page)

/** Those of the ids that are users, in the order asked. */
export const findUsers = ({ store }: Domain, ids: readonly UserId[]): Promise<User[]> => store.users(ids)

export async function findUser({ store }: Domain, id: UserId): Promise<User> {
  const [user] = await store.users([id])
  if (!user) throw new Refusal('not_found')
  return user
}
