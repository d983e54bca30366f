import { expect } from 'bun:test'
import type { TimelineItem, TimelineWindow } from '@confab/client/timeline'
import { closeCode } from '@confab/protocol/close-codes'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import { FakeBrowser } from './fake-browser.ts'
import type { FakeConversation } from './fake-conversation.ts'
import { calm, type Fate, type Weather } from './fake-network.ts'
import { actionKinds, actThroughTheSdk, isActionKind } from './simulated-actions.ts'
import { type Device, World } from './world.ts'

/** One thing that happens: who, what, and where are numbers, taken modulo what there is. */
export interface Step {
  readonly kind: (typeof stepKinds)[number]
  readonly who: number
  readonly where: number
  readonly what: number
}

export const stepKinds = [
  'send',
  'send',
  'send',
  'serverSend',
  'serverSend',
  'burst',
  'edit',
  'delete',
  'react',
  'rename',
  'profile',
  'read',
  'readSome',
  'leave',
  'add',
  'mute',
  'open',
  'earlier',
  'around',
  'around',
  'cut',
  'epoch',
  'reload',
  'kill',
  'openTab',
  'closeTab',
  'outage',
  'block',
  'wake',
  'wait',
  ...actionKinds,
  ...actionKinds,
] as const

/** Bad, and the same in every run with this seed. */
function badWeather(random: () => number): Weather {
  const fates: readonly Fate[] = ['drop', 'repeat', 'late', 'late']
  return {
    delayMs: () => 1 + Math.floor(random() * 20),
    fateOfPush: () =>
      random() < 0.25 ? (fates[Math.floor(random() * fates.length)] ?? 'deliver') : 'deliver',
    breaksAfterCall: () => random() < 0.05,
  }
}

/** More than one shows what tabs do to each other; with more a run only takes longer. */
const tabsMax = 2

type Tab = Device & { die(): void }

interface Person {
  user: User
  browser: FakeBrowser
  /** At least one. */
  tabs: Tab[]
  /** They can't be heard any more, and don't know it. */
  killed: Tab[]
  /** The last that was opened on an old part. */
  window: { tab: Tab; group: FakeConversation; opened: TimelineWindow } | undefined
  sent: Map<string, string>
  /** What was done to messages and hasn't been answered. */
  unanswered: Set<Promise<unknown>>
}

/**
 * Three people, three conversations, and everything that can go wrong between them. At the end the
 * weather clears, each connects once more, and every copy must equal the server's.
 */
export async function simulate(seed: number, steps: readonly Step[]): Promise<void> {
  const random = seededRandom(seed)
  const world = new World()
  const { server } = world
  const users = ['Ann', 'Bob', 'Cid'].map((name) => server.addUser(name))
  const people: Person[] = users.map((user) => {
    const browser = new FakeBrowser()
    const sent = new Map<string, string>()
    return { user, browser, tabs: [], killed: [], window: undefined, sent, unanswered: new Set() }
  })
  for (const person of people) openTab(world, person, random)
  const [ann, bob, cid] = users
  if (!ann || !bob || !cid) throw new Error('three people')
  const groups = [
    server.create(ann.id, [bob.id, cid.id], 'Everybody'),
    server.create(bob.id, [cid.id], 'Two'),
    server.create(cid.id, [ann.id], 'Other two'),
  ]
  server.temper.eventsMax = 7
  server.temper.conversationsMax = 2
  server.temper.behindMax = 30
  await world.pass(200)
  for (const step of steps) {
    const person = people[step.who % people.length]
    const group = groups[step.where % groups.length]
    if (!person || !group) continue
    await happen(world, step, { person, group, groups, random })
    await world.pass(random() < 0.5 ? 5 : 400)
  }
  await clearUp(world, people)
  for (const { killed } of people) for (const { chat } of killed) await chat.close()
  for (const person of people) for (const tab of person.tabs) await expectEqual(world, person, tab, groups)
  for (const { user, tabs, window } of people) {
    if (!window || !tabs.includes(window.tab) || !window.group.members.has(user.id)) continue
    const held = sentMessages(window.opened.timeline.get().items)
    const [first] = held
    const all = window.group.messages(user.id)
    const begin = all.findIndex(({ seq }) => seq === first?.seq)
    expect(held).toEqual(all.slice(Math.max(0, begin), Math.max(0, begin) + held.length))
  }
  for (const { tabs } of people) for (const { chat } of tabs) await chat.close()
  expect(world.clock.waiting).toBe(0)
}

function openTab(world: World, { user, browser, tabs }: Person, random: () => number): void {
  const { storage, die } = browser.openTab()
  const device = world.device(user, { storage, random })
  device.network.weather = badWeather(random)
  tabs.push({ ...device, die })
}

interface Scene {
  person: Person
  group: FakeConversation
  groups: readonly FakeConversation[]
  random: () => number
}

async function happen(world: World, step: Step, { person, group, groups, random }: Scene) {
  const { server } = world
  const { user, tabs } = person
  const device = tabs[step.where % tabs.length]
  if (!device) throw new Error('a person has a tab')
  const handle = device.chat.conversation(group.id)
  const inside = group.members.has(user.id)
  const target = group.messages(user.id).at(-1 - (step.what % 5))
  const alive = target !== undefined && target.deletedAt === null && inside
  if (isActionKind(step.kind)) {
    const to = groups[step.what % groups.length]
    if (!target || !to || !device.chat.ready.get()) return
    const answer = actThroughTheSdk(step.kind, { server, handle, target, to: to.id, what: step.what })
    if (answer !== undefined) follow(person, answer)
    return
  }
  switch (step.kind) {
    case 'send': {
      // Before the first hello it isn't known whose outbox it would be kept in.
      if (!inside || !device.chat.ready.get()) break
      const text = step.what % 3 === 0 ? '@all come' : `text ${step.what}`
      const { clientId, sent } = handle.send(text)
      person.sent.set(clientId, group.id)
      sent.catch(() => person.sent.delete(clientId))
      break
    }
    case 'serverSend':
    case 'burst':
      if (inside)
        for (let count = step.kind === 'burst' ? 1 + (step.what % 60) : 1; count > 0; count--)
          server.send(group.id, user.id, step.what % 4 ? 'from afar' : '@all afar', `afar-${group.head}`)
      break
    case 'edit':
      if (alive)
        server.act(group.id, user.id, 'message.edited', {
          target: target.seq,
          text: `edited ${step.what}`,
          mentions: { userIds: [], all: target.mentions.all },
          editedAt: new Date(world.clock.now()).toISOString(),
        })
      break
    case 'delete':
      if (alive)
        server.act(group.id, user.id, 'message.deleted', {
          target: target.seq,
          deletedAt: new Date(world.clock.now()).toISOString(),
        })
      break
    case 'react':
      if (alive) {
        const emoji = step.what % 2 ? '👍' : '🎉'
        const mine = target.reactions.some((one) => one.emoji === emoji && one.mine)
        server.act(group.id, user.id, mine ? 'reaction.removed' : 'reaction.added', {
          target: target.seq,
          emoji,
        })
      }
      break
    case 'rename':
      if (inside) server.act(group.id, user.id, 'conversation.changed', { name: `Name ${step.what}` })
      break
    case 'profile':
      server.rename(user.id, `Name ${step.what}`)
      break
    case 'read':
      handle.read()
      break
    case 'readSome':
      handle.read(Math.max(1, group.head - (step.what % 8)))
      break
    case 'leave':
      if (group.members.size > 1) {
        server.removeMember(group.id, user.id, user.id)
        // What is still on its way is refused now, perhaps to a page that wasn't there when it was written.
        for (const [clientId, id] of person.sent) {
          const isStored = group.messages(user.id).some((one) => one.clientId === clientId)
          if (id === group.id && !isStored) person.sent.delete(clientId)
        }
      }
      break
    case 'add': {
      const [actor] = group.members.keys()
      if (!inside && actor) server.addMember(group.id, actor, user.id)
      break
    }
    case 'mute':
      if (inside) server.mute(group.id, user.id, step.what % 2 === 0)
      break
    case 'open':
      handle.open()
      break
    case 'earlier':
      await Promise.race([handle.loadEarlier(), world.pass(50)])
      break
    case 'around': {
      const { window } = person
      const load = step.what % 2 ? window?.opened.loadLater() : window?.opened.loadEarlier()
      if (step.what % 3) await Promise.race([load, world.pass(50)])
      else {
        window?.opened.close()
        const opened = handle.around(1 + (step.what % (group.head + 1)))
        person.window = { tab: device, group, opened }
      }
      break
    }
    case 'cut':
      device.network.cutAll()
      break
    case 'epoch':
      server.epoch = `${server.epoch}'`
      server.closeAll(closeCode.draining)
      break
    case 'reload':
      await device.chat.close()
      device.network.cutAll()
      device.die()
      // A browser may clear its disk, but for what was written there and not sent.
      if (step.what % 4 === 0) person.browser.disk.clear()
      tabs.splice(tabs.indexOf(device), 1)
      openTab(world, person, random)
      break
    case 'kill':
      device.die()
      device.network.cutAll()
      device.network.up = false
      person.killed.push(device)
      tabs.splice(tabs.indexOf(device), 1)
      openTab(world, person, random)
      break
    case 'openTab':
      if (tabs.length < tabsMax) openTab(world, person, random)
      break
    case 'closeTab':
      if (tabs.length === 1) break
      await device.chat.close()
      device.network.cutAll()
      device.die()
      tabs.splice(tabs.indexOf(device), 1)
      break
    case 'block':
      device.network.socketsBlocked = step.what % 2 === 0
      break
    case 'wake':
      device.wake()
      break
    case 'outage':
      device.network.up = false
      await world.pass(step.what % 40_000)
      device.network.up = true
      break
    case 'wait':
      await world.pass(step.what % 20_000)
      break
  }
}

/** A refusal is an answer too. */
function follow({ unanswered }: Person, answer: Promise<unknown>): void {
  unanswered.add(answer)
  const answered = () => unanswered.delete(answer)
  answer.then(answered, answered)
}

/** What a lost push left behind that nothing came after is told by the next sync. */
async function clearUp(world: World, people: readonly Person[]): Promise<void> {
  const tabs = people.flatMap((person) => person.tabs)
  for (const { network } of tabs) {
    network.up = true
    network.weather = calm
  }
  await world.pass(90_000)
  for (const { network } of tabs) network.cutAll()
  await world.pass(90_000)
}

async function expectEqual(
  world: World,
  { user, sent, unanswered }: Person,
  { chat }: Tab,
  groups: readonly FakeConversation[],
) {
  expect(unanswered.size).toBe(0)
  expect(chat.status.get()).toEqual({ status: 'online' })
  const mine = groups.filter(({ members }) => members.has(user.id))
  const held = chat.conversations.get().map(({ conversation }) => conversation)
  expect(byId(held)).toEqual(byId(mine.map((group) => group.seenBy(user.id))))
  for (const group of mine) {
    const handle = chat.conversation(group.id)
    handle.open()
    await world.pass()
    const window = sentMessages(handle.timeline.get().items)
    expect(window).toEqual(group.messages(user.id).slice(-window.length || group.head))
    const quoted = group.messages(user.id).slice(0, 5)
    for (const { seq } of quoted) handle.message(seq).get()
    await world.pass()
    expect(quoted.map(({ seq }) => handle.message(seq).get())).toEqual(quoted)
    while (handle.timeline.get().hasEarlier) {
      const loaded = handle.loadEarlier()
      await world.pass()
      await loaded
      expect(handle.timeline.get().state).toBe('ready')
    }
    const timeline = handle.timeline.get()
    expect(sentMessages(timeline.items)).toEqual(group.messages(user.id))
    expect(timeline.items.filter(({ status }) => status === 'sending')).toEqual([])
    for (const [clientId, id] of sent) {
      if (id !== group.id) continue
      expect({
        clientId,
        stored: group.messages(user.id).filter((one) => one.clientId === clientId).length,
      }).toEqual({
        clientId,
        stored: 1,
      })
    }
  }
}

const sentMessages = (items: readonly TimelineItem[]): Message[] =>
  items.flatMap((item) => (item.status === 'sent' ? [item.message] : []))

const byId = <T extends { id: string }>(items: readonly T[]) =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1))

/** Mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
