import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import type { Edges } from '@confab/client/options'
import type { OutboxStore } from '@confab/client/outbox-store'
import { type ChatStorage, memoryStorage } from '@confab/client/storage'
import type { User } from '@confab/protocol/user'
import { FakeClock } from './fake-clock.ts'
import { FakeNetwork } from './fake-network.ts'
import { FakeServer } from './fake-server.ts'

export interface Device {
  chat: Chat
  network: FakeNetwork
  wake: () => void
  logged: string[]
  setClock(offMs: number): void
}

interface DeviceOptions {
  outbox?: OutboxStore
  storage?: ChatStorage
  random?: () => number
  userId?: string
  /** What its own clock shows too much. */
  clockOffMs?: number
}

/** A server, a clock, and devices each with a network of its own. */
export class World {
  readonly clock = new FakeClock()
  readonly server = new FakeServer(this.clock)
  #ids = 0

  device(
    user: User,
    { outbox, storage = memoryStorage(), random = () => 0.5, clockOffMs = 0, userId }: DeviceOptions = {},
  ): Device {
    const network = new FakeNetwork(this.clock, this.server)
    const wakers = new Set<() => void>()
    const logged: string[] = []
    let offMs = clockOffMs
    const edges: Edges = {
      openSocket: (url) => network.connect(url),
      fetch: (url, init) => network.fetch(url, init),
      clock: {
        now: () => this.clock.now() + offMs,
        after: (ms, run) => this.clock.after(ms, run),
      },
      random,
      newId: () => `client-${++this.#ids}`,
      onWake(wake) {
        wakers.add(wake)
        return () => void wakers.delete(wake)
      },
      log: (_level, what) => void logged.push(what),
    }
    const chat = connect({ url: 'http://fake.test', token: user.id, userId, storage, outbox, edges })
    const wake = () => {
      for (const one of wakers) one()
    }
    const setClock = (ms: number) => {
      offMs = ms
    }
    return { chat, network, wake, logged, setClock }
  }

  pass(ms = 1_000): Promise<void> {
    return this.clock.advance(ms)
  }
}

/** Ann and Bob in a group, and nobody there yet. */
export function aGroup() {
  const world = new World()
  const { server } = world
  const [ann, bob] = [server.addUser('Ann'), server.addUser('Bob')]
  const group = server.create(ann.id, [bob.id], 'Friends')
  return { world, server, ann, bob, group }
}

/** Ann and Bob in a group, Ann online. */
export async function twoInAGroup() {
  const setting = aGroup()
  const { world, ann, group } = setting
  const device = world.device(ann)
  await world.pass()
  return { ...setting, device, chat: device.chat, handle: device.chat.conversation(group.id) }
}
