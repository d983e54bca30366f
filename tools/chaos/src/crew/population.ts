import { type ConversationId, conversationId } from '@confab/protocol/ids'
import type { Random } from '../random.ts'
import { type Account, signIn, wanted } from './accounts.ts'
import { rest } from './rest.ts'

export interface Population {
  users: User[]
  places: Place[]
}

export interface User extends Account {
  name: string
}

/** A conversation, and who may come and go there; whoever is not among them must never hear of it. */
export interface Place {
  id: ConversationId
  kind: 'direct' | 'group' | 'channel'
  owner: User
  /** Those whom the owner removes and adds, or who come and go in a channel. */
  movable: User[]
}

export interface PopulationSize {
  users: number
  groups: number
  directs: number
}

const groupMembers = 5
const movableMembers = 3

/** One group of all, small ones, pairs and a public channel. */
export async function populate(url: string, { users, groups, directs }: PopulationSize, random: Random) {
  const people: User[] = []
  for (let index = 0; index < users; index++) {
    const name = `user-${index + 1}`
    people.push({ name, ...(await signIn(url, `${name}@chaos.example`)) })
  }

  const places: Place[] = []
  async function open(owner: User, kind: Place['kind'], members: User[], movable: User[]) {
    const body = {
      kind,
      memberIds: members.map(({ id }) => id),
      ...(kind !== 'direct' && { name: `${kind} ${places.length + 1}` }),
      ...(kind === 'channel' && { visibility: 'public' }),
    }
    const { token } = owner
    const made = wanted(
      await rest<{ id: string }>(url, '/api/v1/conversations', { method: 'POST', body, token }),
    )
    places.push({ id: conversationId.parse(made.id), kind, owner, movable })
  }

  const [first, ...others] = people
  if (!first || others.length < groupMembers) throw new Error(`at least ${groupMembers + 1} users`)
  await open(first, 'group', others, [])
  await open(first, 'channel', [], others)
  for (let index = 0; index < groups; index++) {
    const [owner, ...rest] = random.shuffled(people)
    if (owner)
      await open(
        owner,
        'group',
        rest.slice(0, groupMembers),
        rest.slice(groupMembers - movableMembers, groupMembers),
      )
  }
  for (let index = 0; index < directs; index++) {
    const [one, other] = random.shuffled(people)
    if (one && other) await open(one, 'direct', [other], [])
  }
  return { users: people, places } satisfies Population
}
