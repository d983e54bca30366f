import { assert } from '../../src/lib/assert.ts'
import type { World } from '../../src/ports/store-contract/world.contract.ts'
import type { CreateMessage } from '../../src/ports/writes.ts'

/** Sends of one person to so many conversations, to one after the other. */
export async function sendsInTurn(world: World, conversations: number): Promise<() => CreateMessage> {
  const ann = await world.user('ann')
  const ids = await Promise.all(Array.from({ length: conversations }, () => world.group([ann])))
  let turn = 0
  return () => {
    const id = ids[turn++ % conversations]
    assert(id, 'no conversation to send to')
    return world.message(id, ann)
  }
}
