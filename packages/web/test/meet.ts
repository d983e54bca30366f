import type { Page } from 'playwright-core'
import type { Person } from './people.ts'
import { messages, sees } from './steps.ts'
import type { World } from './world.ts'

export interface Meeting {
  id: string
  /** Of the first text. */
  firstSeq: number
  ada: Person
  ben: Person
  adas: Page
  bens: Page
}

/** A fresh group of Ada, its owner, and Ben, in which Ada has written, open before both. */
export async function meet(world: World, name: string, texts: string[]): Promise<Meeting> {
  const ada = await world.person('Ada Example')
  const ben = await world.person('Ben Example')
  const id = await world.conversation(ada, { kind: 'group', name, memberIds: [ben.id] })
  const seqs: number[] = []
  for (const text of texts) seqs.push(await world.send(ada, id, text))
  const path = `/c/${id}`
  const [adas, bens] = await Promise.all([world.open({ as: ada, path }), world.open({ as: ben, path })])
  const last = texts.at(-1)
  // Ben's begins where the unread does.
  if (last !== undefined) await Promise.all([sees(adas, last), messages(bens).first().waitFor()])
  return { id, firstSeq: seqs[0] ?? 0, ada, ben, adas, bens }
}
