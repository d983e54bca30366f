import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId } from '@confab/protocol/ids'
import { message } from '@confab/protocol/message'
import { doCall, signInPeople, startChannel, startGroup } from '../people.ts'
import type { Person, TestServer } from '../start-server.ts'
import { byPasskey } from '../two-factors.ts'
import type { Stranger } from './answers.ts'

/** One person of each kind, and two besides: a further member, and one who is in nothing. */
export type Cast = Record<Exclude<Stranger, 'nobody'> | 'other' | 'newcomer', Person>

/** A conversation with everybody in their place. */
export interface Stage {
  server: TestServer
  cast: Cast
  id: ConversationId
  /** Stands in the group's name, and in a message after the removal. Nobody outside may be told of it. */
  secret: string
  /** A message of each who may send. */
  sent: Map<Person, number>
}

/** What a row's request is made of: a stage, and who comes onto it. */
export interface Scene extends Stage {
  /** Undefined for who isn't signed in. */
  as: Person | undefined
  /** A message of one's own, or of another where one never sent, and one of another. */
  mine: number
  theirs: number
  /** Holds what the request needs open. */
  held: AsyncDisposableStack
}

/** Signs people in. The installation's first account, whose address is given, is its administrator's. */
export async function gatherCast(server: TestServer, administratorEmail: string): Promise<Cast> {
  const administrator = await byPasskey(server, administratorEmail)
  const [ended, suspended, unproven, stranger, former, member, admin, owner, other, newcomer] =
    await signInPeople(
      server,
      'ended',
      'suspended',
      'unproven',
      'stranger',
      'former',
      'member',
      'admin',
      'owner',
      'other',
      'newcomer',
    )
  await doCall(server, ended, 'POST /api/auth/sign-out')
  const suspension = `/api/v1/admin/accounts/${suspended.id}/suspension`
  await doCall(server, administrator, `PUT ${suspension}`, { reason: 'spam' })
  const settings = { secondFactor: 'administrators' }
  await doCall(server, administrator, 'PATCH /api/v1/admin/account-settings', settings)
  await doCall(server, administrator, `PATCH /api/v1/admin/accounts/${unproven.id}`, { serverRole: 'admin' })
  return {
    administrator,
    ended,
    suspended,
    unproven,
    stranger,
    former,
    member,
    admin,
    owner,
    other,
    newcomer,
  }
}

export async function setStage(server: TestServer, cast: Cast, kind: 'group' | 'channel'): Promise<Stage> {
  const { owner, admin, member, former, ended, suspended, other } = cast
  const secret = `secret ${crypto.randomUUID()}`
  const others = [admin, member, former, ended, suspended, other]
  const { id } = await (kind === 'group'
    ? startGroup(server, owner, others, secret)
    : startChannel(server, owner, others))
  const path = `/api/v1/conversations/${id}`
  await doCall(server, owner, `PUT ${path}/members/${admin.id}`, { role: 'admin' })
  const say = async (as: Person, text = 'Hello') => {
    const body = { clientId: crypto.randomUUID(), text }
    return message.parse(await doCall(server, as, `POST ${path}/messages`, body)).seq
  }
  const senders = [former, member, admin, owner, other]
  const sent = new Map(await Promise.all(senders.map(async (as) => [as, await say(as)] as const)))
  await doCall(server, owner, `DELETE ${path}/members/${former.id}`)
  await say(owner, secret)
  return { server, cast, id, secret, sent }
}

export function enter(stage: Stage, who: Stranger, held: AsyncDisposableStack): Scene {
  const { cast, sent } = stage
  const as = who === 'nobody' ? undefined : cast[who]
  const theirs = sent.get(cast.other) ?? 0
  return { ...stage, as, mine: (as && sent.get(as)) ?? theirs, theirs, held }
}

/** A conversation with oneself: somewhere to forward to. Who can't make one names the one that is there. */
export async function notesOf({ server, as, id }: Scene): Promise<ConversationId> {
  const made = await server.call(as, 'POST /api/v1/conversations', { kind: 'direct', memberIds: [as?.id] })
  return made.status < 300 ? (made.body as Conversation).id : id
}
