import { expect, test } from 'bun:test'
import { type ConversationId, conversationId, type UserId } from '@confab/protocol/ids'
import { type EventLog, FollowedNow, type LoggedEvent } from './event-log.ts'
import type { World } from './store-contract/world.contract.ts'

/** A store that people write to, and two nodes' ways to its log. */
export interface OpenedEventLog extends AsyncDisposable {
  world: World
  here: EventLog
  there: EventLog
  /** Begins another history of the same events, as a backup that is put back does. Answers its epoch. */
  renewEpoch(): Promise<string>
}

export function eventLogContract(open: () => Promise<OpenedEventLog>): void {
  test('[EVENTLOG1] a group is given every event, in order within each conversation, and nothing that was said', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann, bob] = await twoPeople(world)
    const before = await world.group([ann, bob])
    await world.send(before, ann, { text: 'a secret' })
    await using heard = listen(here, 'readers')
    const after = await world.group([bob])
    for (let count = 0; count < 3; count++) await world.send(after, bob, { text: 'a secret' })
    await world.done({
      write: 'message.edit',
      conversationId: before,
      actorId: ann,
      at: world.now + 5,
      seq: 3,
      text: 'another secret',
    })
    const events = await heard.upTo({ [before]: 4, [after]: 4 })
    const { epoch } = world.store
    expect(events.get(before)).toEqual([
      { epoch, conversationId: before, seq: 1, type: 'member.joined', actorId: ann, at: world.now },
      { epoch, conversationId: before, seq: 2, type: 'member.joined', actorId: ann, at: world.now },
      { epoch, conversationId: before, seq: 3, type: 'message.created', actorId: ann, at: world.now },
      { epoch, conversationId: before, seq: 4, type: 'message.edited', actorId: ann, at: world.now + 5 },
    ])
    expect(events.get(after)?.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  test('[EVENTLOG2] what a handler rejects comes again, before anything later of its conversation', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    let failing = 2
    await using heard = listen(here, 'readers', () => {
      if (failing-- > 0) throw new Error('not now')
    })
    await world.send(group, ann)
    await world.send(group, ann)
    const events = await heard.upTo({ [group]: 3 })
    expect([failing < 0, events.get(group)?.map(({ seq }) => seq)]).toEqual([true, [1, 2, 3]])
  })

  test('[EVENTLOG3] who follows again goes on where the group was, and another group has its own place', async () => {
    await using opened = await open()
    const { world, here, there } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    {
      await using first = listen(here, 'readers')
      await first.upTo({ [group]: 1 })
      await first.handled('readers')
    }
    await world.send(group, ann)
    await using second = listen(there, 'readers')
    await using other = listen(here, 'others')
    expect((await second.upTo({ [group]: 2 })).get(group)?.map(({ seq }) => seq)).toEqual([2])
    expect((await other.upTo({ [group]: 2 })).get(group)?.map(({ seq }) => seq)).toEqual([1, 2])
  })

  test('[EVENTLOG4] of two who follow as one group, one is given an event; when it ends, the other goes on', async () => {
    await using opened = await open()
    const { world, here, there } = opened
    const [ann] = await twoPeople(world)
    const groups = await Promise.all([world.group([ann]), world.group([ann]), world.group([ann])])
    const heads = (head: number) => Object.fromEntries(groups.map((id) => [id, head]))
    const first = listen(here, 'readers')
    await first.upTo(heads(1))
    await first.handled('readers')
    await using second = listen(there, 'readers')
    for (const id of groups) await world.send(id, ann)
    await Promise.race([first.upTo(heads(2)), second.upTo(heads(2)), bothUpTo([first, second], heads(2))])
    await first[Symbol.asyncDispose]()
    for (const id of groups) await world.send(id, ann)
    const last = await second.lastOf(heads(3))
    expect(last).toEqual(heads(3))
  })

  test('[EVENTLOG5] a group begins again at the first event, or no later than at the first of a time', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    const begun = world.now
    for (const later of [10, 20, 30]) {
      world.now = begun + later
      await world.send(group, ann, { at: begun + later })
    }
    const quiet = await world.group([ann], { at: begun - 5 })
    const followAll = async (heads: Record<string, number>) => {
      await using heard = listen(here, 'readers')
      const events = await heard.upTo(heads)
      await heard.handled('readers')
      return events
    }
    const seqsOf = (events: Map<ConversationId, LoggedEvent[]>, id: ConversationId) =>
      events.get(id)?.map(({ seq }) => seq)
    const first = await followAll({ [group]: 4, [quiet]: 1 })
    expect([seqsOf(first, group), seqsOf(first, quiet)]).toEqual([[1, 2, 3, 4], [1]])
    await here.rewind('readers', { since: begun + 15 })
    // What is earlier may come with it.
    expect(seqsOf(await followAll({ [group]: 4 }), group)?.slice(-2)).toEqual([3, 4])
    await here.rewind('readers', 'start')
    const again = await followAll({ [group]: 4, [quiet]: 1 })
    expect([seqsOf(again, group), seqsOf(again, quiet)]).toEqual([[1, 2, 3, 4], [1]])
  })

  test('[EVENTLOG6] the log is read from its first event, or from a time, to its end', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    const begun = world.now
    for (const later of [10, 20]) await world.send(group, ann, { at: begun + later })
    // What brings the log to a place of its own has done so.
    await using heard = listen(here, 'readers')
    await heard.upTo({ [group]: 3 })
    const seqs = async (from: Parameters<EventLog['read']>[0]) => {
      const found: number[] = []
      for await (const events of here.read(from)) found.push(...events.map(({ seq }) => seq))
      return found
    }
    expect(await seqs('start')).toEqual([1, 2, 3])
    expect(await seqs({ since: begun + 10 })).toEqual([2, 3])
    expect(await seqs({ since: begun + 21 })).toEqual([])
  })

  test('[EVENTLOG7] how far a group is behind is told, and none when it has handled all', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    {
      await using heard = listen(here, 'readers')
      await heard.upTo({ [group]: 1 })
      await heard.handled('readers')
    }
    for (let count = 0; count < 5; count++) await world.send(group, ann)
    await using others = listen(here, 'others')
    await others.upTo({ [group]: 6 })
    expect(await here.lag('readers')).toBe(5)
    await using heard = listen(here, 'readers')
    await heard.upTo({ [group]: 6 })
    await heard.handled('readers')
    expect(await here.lag('readers')).toBe(0)
  })

  test('[EVENTLOG8] a group that somebody follows begins again too, or says that it can’t now', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    await using heard = listen(here, 'readers')
    await heard.upTo({ [group]: 1 })
    await heard.handled('readers')
    const refused = await here.rewind('readers', 'start').then(
      () => undefined,
      (cause: unknown) => cause,
    )
    if (refused === undefined) await heard.again({ [group]: 1 })
    else expect(refused).toBeInstanceOf(FollowedNow)
  })

  test('[EVENTLOG13] after a new epoch a group is given all of that history from its first event on', async () => {
    await using opened = await open()
    const { world, here } = opened
    const [ann] = await twoPeople(world)
    const group = await world.group([ann])
    await world.send(group, ann)
    await using heard = listen(here, 'readers')
    await heard.upTo({ [group]: 2 })
    await heard.handled('readers')
    const epoch = await opened.renewEpoch()
    await world.send(group, ann)
    await heard.until(() => heard.last(group)?.epoch === epoch && heard.lastSeq(group) === 3)
    const events = (await heard.upTo({ [group]: 3 })).get(group)
    expect(events?.map((event) => [event.epoch, event.seq])).toEqual([1, 2, 3].map((seq) => [epoch, seq]))
  })
}

const twoPeople = async (world: World): Promise<[UserId, UserId]> => [
  await world.user('ann'),
  await world.user('bob'),
]

type Heads = Record<string, number>

/** Follows, and knows what it was given of the latest epoch: each event once, a repeat being one. */
function listen(log: EventLog, group: string, beforeEach: () => void = () => undefined) {
  const given = new Map<string, LoggedEvent[]>()
  const waiting = new Set<() => void>()
  let repeats = 0
  const follower = log.follow(group, async (events) => {
    beforeEach()
    for (const event of events) {
      const known = given.get(event.conversationId) ?? []
      given.set(event.conversationId, known)
      if (known.at(-1)?.epoch !== event.epoch) known.length = 0
      const last = known.at(-1)
      if (last !== undefined && event.seq <= last.seq) repeats += 1
      else known.push(event)
    }
    for (const look of waiting) look()
  })
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const last = (id: string) => given.get(id)?.at(-1)
  const lastSeq = (id: string) => last(id)?.seq ?? 0
  return {
    last,
    lastSeq,
    until,
    upTo: async (heads: Heads): Promise<Map<ConversationId, LoggedEvent[]>> => {
      await until(() => Object.entries(heads).every(([id, head]) => lastSeq(id) >= head))
      return new Map([...given].map(([id, events]) => [conversationId.parse(id), events]))
    },
    async lastOf(heads: Heads): Promise<Heads> {
      await until(() => Object.entries(heads).every(([id, head]) => lastSeq(id) >= head))
      return Object.fromEntries(Object.keys(heads).map((id) => [id, lastSeq(id)]))
    },
    async again(heads: Heads) {
      await until(() => repeats >= Object.keys(heads).length)
    },
    /** Resolves when what was given is noted. */
    async handled(name: string) {
      while ((await log.lag(name)) > 0) await Bun.sleep(20)
    },
    [Symbol.asyncDispose]: () => follower[Symbol.asyncDispose](),
  }
}

/** Resolves when the two together were given everything. */
function bothUpTo(listeners: ReturnType<typeof listen>[], heads: Heads): Promise<unknown> {
  const isSo = () =>
    Object.entries(heads).every(([id, head]) => listeners.some((one) => one.lastSeq(id) >= head))
  return Promise.race(listeners.map((one) => one.until(isSo)))
}
