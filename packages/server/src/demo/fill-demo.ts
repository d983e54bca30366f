import { type ConversationId, conversationId, messageId, type UserId } from '@confab/protocol/ids'
import { findMentioned } from '@confab/protocol/mentioned'
import { assert } from '../lib/assert.ts'
import { digest16 } from '../lib/hash.ts'
import type { Store } from '../ports/store.ts'
import type { Write } from '../ports/writes.ts'
import { demoChannels } from './demo-channels.ts'
import { demoGroups } from './demo-groups.ts'
import { demoEmail, demoId, demoPeople, everybody, type Who } from './demo-people.ts'
import type { Day, Line, Script } from './demo-script.ts'

export interface DemoTools {
  store: Pick<Store, 'createUser' | 'commit'>
  addAccounts: (accounts: readonly { id: UserId; name: string; email: string; at: number }[]) => Promise<void>
  newId: () => string
  now: number
}

const dayMs = 24 * 60 * 60_000
const membersSinceDays = 200

/** Fills an empty store with the demo. The same every time, but for the ids and the day that it begins on. */
export async function fillDemo(tools: DemoTools): Promise<void> {
  await addPeople(tools)
  for (const script of [...demoChannels, ...demoGroups]) {
    const writes = writesOf(script, tools)
    for (const outcome of await tools.store.commit(writes)) {
      assert(outcome.status === 'committed', `the demo's ${script.name}: ${JSON.stringify(outcome)}`)
    }
  }
}

async function addPeople({ store, addAccounts, now }: DemoTools): Promise<void> {
  const at = now - membersSinceDays * dayMs
  for (const who of everybody) {
    const { name, bio } = demoPeople[who]
    await store.createUser({ id: demoId(who), name, handle: who, at })
    await store.commit([{ write: 'profile.change', actorId: demoId(who), at, change: { bio } }])
  }
  await addAccounts(
    everybody.map((who) => ({ id: demoId(who), name: demoPeople[who].name, email: demoEmail(who), at })),
  )
}

/** Everything that happened in a conversation, in its order. Each write up to the cursors makes one event. */
function writesOf(script: Script, { newId, now }: Pick<DemoTools, 'newId' | 'now'>): Write[] {
  const { kind, name = null, topic = null, visibility = 'private', members, admins = [] } = script
  const id = conversationId.parse(newId())
  const [creator, ...others] = members
  assert(creator !== undefined, `${name} has nobody`)
  const lines = script.days.flatMap((day) => linesOf(day, now))
  const begunAt = (lines[0]?.at ?? now) - dayMs
  const on = (who: Who, at: number) => ({ conversationId: id, actorId: demoId(who), at })

  // With oneself a direct conversation is with oneself.
  const created: Write = {
    ...{ write: 'conversation.create', kind, name, topic, visibility },
    ...{
      ...on(creator, begunAt),
      memberIds: (kind === 'direct' && others.length === 0 ? [creator] : others).map(demoId),
    },
  }
  const promoted = admins.map(
    (who): Write => ({ write: 'member.change', ...on(creator, begunAt), userId: demoId(who), role: 'admin' }),
  )
  const said: Write[] = []
  /** Of each message in turn, and of those that others answer by their word. */
  const seqs: number[] = []
  const named = new Map<string, number>()
  const nextSeq = () => members.length + promoted.length + said.length + 1
  for (const { at, by, says, more } of lines) {
    const seq = nextSeq()
    seqs.push(seq)
    if (more.as) named.set(more.as, seq)
    const replyToSeq = more.to === undefined ? null : (named.get(more.to) ?? null)
    assert(more.to === undefined || replyToSeq !== null, `${name}: nothing is called ${more.to}`)
    said.push(messageOf({ ...on(by, at), says, replyToSeq, important: more.important, newId }))
    for (const [emoji, fans = []] of Object.entries(more.reactions ?? {})) {
      for (const who of fans) said.push({ write: 'message.react', ...on(who, at), seq, emoji, on: true })
    }
    if (more.edited) said.push({ write: 'message.edit', ...on(by, at), seq, text: more.edited })
    if (more.pinnedBy) said.push({ write: 'message.pin', ...on(more.pinnedBy, at), seq, on: true })
    if (more.deleted) said.push({ write: 'message.delete', ...on(by, at), seq })
  }
  const readBy = members.flatMap((who): Write[] => {
    const at = now
    const unread = script.unread?.[who] ?? 0
    const firstUnread = seqs.at(-unread)
    const seq = unread > 0 && firstUnread !== undefined ? firstUnread - 1 : nextSeq() - 1
    const own = script.own?.[who]
    return [
      { write: 'cursor.move', ...on(who, at), cursor: 'delivered', seq: nextSeq() - 1 },
      { write: 'cursor.move', ...on(who, at), cursor: 'read', seq },
      ...(own ? [{ write: 'membership.change', ...on(who, at), change: own } as const] : []),
    ]
  })
  return [created, ...promoted, ...said, ...readBy]
}

/** With its time. Nothing is said later than now: what was meant for later has just been said. */
function linesOf([daysAgo, lines]: Day, now: number) {
  return lines.map(([at, by, says, more = {}]: Line) => ({
    at: typeof at === 'number' ? now - at * 60_000 : Math.min(now, timeOfDay(now - daysAgo * dayMs, at)),
    ...{ by, says, more },
  }))
}

function timeOfDay(day: number, clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return new Date(day).setHours(hours, minutes, 0, 0)
}

function messageOf({
  says: text,
  important,
  newId,
  ...on
}: {
  conversationId: ConversationId
  actorId: UserId
  at: number
  says: string
  replyToSeq: number | null
  important: true | undefined
  newId: () => string
}): Write {
  const clientId = newId()
  return {
    write: 'message.create',
    ...on,
    messageId: messageId.parse(newId()),
    clientId,
    sendKey: digest16(`${on.conversationId}${on.actorId}${clientId}`),
    // Nobody sends these again, so that nothing is ever compared with it.
    contentKey: digest16(clientId),
    text,
    mentioned: findMentioned(text),
    priority: important ? 'high' : null,
  }
}
