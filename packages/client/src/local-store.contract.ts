import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { FakeConversation } from '../test/fake-conversation.ts'
import { uuid } from '../test/uuid.ts'
import { beginAt } from './local-conversation.ts'
import { type CopyState, type CopyWrite, keptMessagesMax, keptOf, type LocalStore } from './local-store.ts'

/** A place that several stores may share: the tabs of a browser. */
export interface Place extends AsyncDisposable {
  open(): LocalStore
}

const at = '2026-01-01T00:00:00.000Z'
const annId = userId.parse(uuid('user', 1))
const ann = { id: annId, name: 'Ann', handle: 'ann', avatarUrl: null, bio: '', createdAt: at, updatedAt: at }
const state: CopyState = { userId: annId, epoch: 'first', userRev: 1, since: at, me: undefined }

/** A conversation with so many messages, its `n`-th. */
function conversationOf(messages: number, n = 1): FakeConversation {
  const made = new FakeConversation(conversationId.parse(uuid('conversation', n)), 'group', 'Friends', at)
  made.join(ann, 'owner', annId, at)
  for (let i = 1; i <= messages; i++) made.send(annId, `c${i}`, { text: `m${i}` }, at)
  return made
}

/** What a page that holds the latest `held` messages would save of it, having made `written` of them. */
function writeOf(made: FakeConversation, held: number, written: readonly Message[] = made.messages(annId)) {
  const conversation = made.seenBy(annId)
  const messages = made.messages(annId).slice(-held)
  const kept = keptOf({ ...beginAt({ conversation, rev: 1 }), messages, hasEarlier: true })
  return { kept, anew: false, messages: written, changes: [] }
}

const save = (more: Partial<CopyWrite> = {}): CopyWrite => ({
  whole: false,
  state,
  conversations: [],
  dropped: [],
  users: [],
  ...more,
})

const textsOf = ({ messages }: { messages: readonly Message[] }) => messages.map(({ text }) => text)

/** What every store of local copies keeps. */
export function localStoreContract(name: string, openPlace: () => Place): void {
  describe(name, () => {
    let place: Place
    let store: LocalStore
    beforeEach(async () => {
      place = openPlace()
      store = place.open()
      await store.load({ claim: true })
    })
    afterEach(() => place[Symbol.asyncDispose]())
    const reload = () => place.open().load({ claim: true })

    test('[SDK150] what was saved is loaded as it was, and nothing where nothing was', async () => {
      expect(await store.load({ claim: true })).toBeUndefined()
      const [first, second] = [writeOf(conversationOf(3), 2), writeOf(conversationOf(1, 2), 1)]
      expect(await store.save(save({ conversations: [first, second], users: [ann] }))).toBe(true)
      expect(await reload()).toEqual({
        state,
        conversations: [first.kept, second.kept],
        users: [ann],
        saves: 1,
      })
    })

    test('[SDK151] content and cursors are saved together, or nothing of them', async () => {
      const made = conversationOf(2)
      const before = writeOf(made, 1)
      await store.save(save({ conversations: [before] }))
      made.send(annId, 'c3', { text: 'm3' }, at)
      const change = () => {
        throw new Error('a change that fails')
      }
      const failing = { ...writeOf(made, 1), changes: [{ seq: 2, change }] }
      const other = writeOf(conversationOf(1, 2), 1)
      const failed = store.save(
        save({ state: { ...state, userRev: 2 }, conversations: [other, failing], users: [ann] }),
      )
      await expect(failed).rejects.toThrow('a change that fails')
      expect(await reload()).toEqual({ state, conversations: [before.kept], users: [], saves: 1 })
    })

    test('[SDK152] older messages come page by page, as of the saved cursor', async () => {
      const made = conversationOf(9)
      await store.save(save({ conversations: [writeOf(made, 2), writeOf(conversationOf(9, 2), 1)] }))
      const pageBefore = async (n: number, limit: number) => {
        const before = made.messages(annId)[n - 1]
        if (!before) throw new Error(`no message ${n}`)
        return await store.earlier({ conversationId: made.id, before, limit })
      }
      expect(textsOf(await pageBefore(8, 3))).toEqual(['m5', 'm6', 'm7'])
      expect(textsOf(await pageBefore(3, 3))).toEqual(['m1', 'm2'])
      expect(await pageBefore(1, 3)).toEqual({ messages: [], head: made.head })
      expect(await store.earlier({ ...(await first(made)), conversationId: uuid('none', 1) })).toEqual({
        messages: [],
        head: 0,
      })
    })
    const first = async (made: FakeConversation) => {
      const [before] = made.messages(annId)
      if (!before) throw new Error('no message')
      return { before, limit: 3 }
    }

    test('[SDK152] a page never reaches over a hole', async () => {
      const made = conversationOf(9)
      const without4 = made.messages(annId).filter(({ text }) => text !== 'm4')
      await store.save(save({ conversations: [writeOf(made, 2, without4)] }))
      const [before, hole] = [made.messages(annId)[7], made.messages(annId)[4]]
      if (!before || !hole) throw new Error('nine messages')
      const { id } = made
      expect(textsOf(await store.earlier({ conversationId: id, before, limit: 50 }))).toEqual([
        'm5',
        'm6',
        'm7',
      ])
      expect(textsOf(await store.earlier({ conversationId: id, before: hole, limit: 50 }))).toEqual([])
    })

    test('[SDK153] what happens to a message that is kept, and not held, is done to it in order', async () => {
      const made = conversationOf(3)
      await store.save(save({ conversations: [writeOf(made, 1)] }))
      const [first, second, third] = made.messages(annId)
      if (!first || !second || !third) throw new Error('three messages')
      const changes = [
        { seq: second.seq, change: (message: Message) => ({ ...message, text: `${message.text} edited` }) },
        { seq: second.seq, change: (message: Message) => ({ ...message, text: `${message.text} twice` }) },
        { seq: 99, change: (message: Message) => ({ ...message, text: 'never' }) },
      ]
      await store.save(save({ conversations: [{ ...writeOf(made, 1, []), changes }] }))
      const page = await store.earlier({ conversationId: made.id, before: third, limit: 50 })
      expect(page.messages).toEqual([first, { ...second, text: 'm2 edited twice' }])
    })

    test('[SDK154] of a copy that began anew, and of one that is dropped, nothing older is left', async () => {
      const [made, other] = [conversationOf(3), conversationOf(3, 2)]
      await store.save(save({ conversations: [writeOf(made, 1), writeOf(other, 1)] }))
      const [, , third] = made.messages(annId)
      if (!third) throw new Error('three messages')
      const anew = { ...writeOf(made, 1, [third]), anew: true }
      await store.save(save({ conversations: [anew], dropped: [other.id] }))
      expect(await reload()).toEqual({ state, conversations: [anew.kept], users: [], saves: 2 })
      for (const { id } of [made, other])
        expect(textsOf(await store.earlier({ conversationId: id, before: third, limit: 50 }))).toEqual([])
    })

    test('[SDK155] of the stores in one place one writes: which claimed it last', async () => {
      const [made, other] = [conversationOf(1), conversationOf(1, 2)]
      await store.save(save({ conversations: [writeOf(made, 1)], users: [ann] }))
      const second = place.open()
      await second.load({ claim: false })
      expect(await second.save(save({ dropped: [made.id] }))).toBe(false)
      expect(await store.save(save())).toBe(true)

      // Taking over it puts its own in the place of everything.
      expect(await second.save(save({ whole: true, conversations: [writeOf(other, 1)] }))).toBe(true)
      expect(await store.save(save({ dropped: [other.id] }))).toBe(false)
      expect(await second.save(save())).toBe(true)
      const left = await place.open().load({ claim: true })
      expect(left).toEqual({ state, conversations: [writeOf(other, 1).kept], users: [], saves: 4 })
      expect(await second.save(save())).toBe(false)
    })

    test('[SDK156] of a very long conversation the oldest messages make room', async () => {
      const [, second] = conversationOf(2).messages(annId)
      if (!second) throw new Error('two messages')
      const { kept, ...rest } = writeOf(conversationOf(2), 1)
      const last = { ...second, seq: keptMessagesMax + 2, ordinal: keptMessagesMax + 1 }
      const longer = { ...rest, kept: { ...kept, messages: [last] }, messages: [last] }
      await store.save(save({ conversations: [{ kept, ...rest }] }))
      await store.save(save({ conversations: [longer] }))
      const third = { ...second, seq: second.seq + 1, ordinal: second.ordinal + 1 }
      const { conversationId: id } = second
      expect(textsOf(await store.earlier({ conversationId: id, before: third, limit: 50 }))).toEqual(['m2'])
    })

    test('[SDK157] what is cleared is gone, whoever wrote it', async () => {
      const made = conversationOf(2)
      await store.save(save({ conversations: [writeOf(made, 1)], users: [ann] }))
      const second = place.open()
      await second.clear()
      expect(await second.load({ claim: true })).toBeUndefined()
      const { before } = await first(made)
      const page = { conversationId: made.id, before: { ...before, seq: 99, ordinal: 3 }, limit: 50 }
      expect(await store.earlier(page)).toEqual({ messages: [], head: 0 })
    })
  })
}
