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

/** Who changes the membership: the owner of a group, and in a channel everybody their own. */
export const isMovedBy = (user: User, owner: User, kind: Place['kind']): boolean =>
  kind === 'channel' ? owner.id !== user.id : kind === 'group' && owner.id === user.id

export interface PopulationSize {
  users: number
  groups: number
  directs: number
}

const groupMembers = 5
/** In a crowd of more, what is said there would be all that anybody hears: an event moves everybody's cursor. */
const crowdMost = 20
const movableMembers = 3

/** A group and a public channel of a crowd, small groups, and pairs. */
export async function populate(
  { url, inboxUrl }: { url: string; inboxUrl: string },
  { users, groups, directs }: PopulationSize,
  random: Random,
) {
  const people: User[] = []
  for (let index = 0; index < users; index++) {
    const name = `user-${index + 1}`
    people.push({ name, ...(await signIn(inboxUrl, `${name}@chaos.example`)) })
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
  const crowd = others.slice(0, crowdMost)
  await open(first, 'group', crowd, [])
  await open(first, 'channel', [], crowd)
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
