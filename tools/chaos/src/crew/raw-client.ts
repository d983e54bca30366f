import { join } from 'node:path'
import type { Random } from '../random.ts'
import type { Client, Clients } from './client.ts'
import { CrewMember } from './crew-member.ts'
import { Device } from './device.ts'
import { Outbox } from './outbox.ts'
import type { Population, User } from './population.ts'
import { Recorder } from './recorder.ts'
import type { Tally } from './tally.ts'

export interface ClientOptions {
  url: string
  user: User
  population: Population
  random: Random
  tally: Tally
  devicesPerUser: number
  /** Where the history goes. */
  folder: string
}

/** Clients of the contract's frames, and no more: one that thinks, acts, and thinks again. */
export interface RawWork {
  clients: 'raw'
  /** Between what one user does and does next, on average. */
  thinkMs: number
  /** After which a client takes a connection for dead. */
  silenceMs: number
}

export function openRawClients(options: readonly ClientOptions[], { thinkMs, silenceMs }: RawWork): Clients {
  const opened = options.map((one) => openRawClient(one, silenceMs))
  async function work({ member, random }: RawClient, goesOn: () => boolean) {
    while (goesOn()) {
      // Not waited for: a user goes on while a send is under way.
      void member.doSomething()
      await Bun.sleep(thinkMs * (0.5 + random.next()))
    }
  }
  return {
    clients: opened,
    begin(_, goesOn) {
      for (const client of opened) void work(client, goesOn)
    },
  }
}

interface RawClient extends Client {
  member: CrewMember
  random: Random
}

function openRawClient(
  { url, user, population, random, tally, devicesPerUser, folder }: ClientOptions,
  silenceMs: number,
): RawClient {
  const recorder = recorderOf(user, folder)
  const outbox = new Outbox({ url, user, random, recorder, tally })
  const devices: Device[] = []
  const member = new CrewMember({ url, user, population, devices, outbox, recorder, random, tally })
  for (let index = 1; index <= devicesPerUser; index++) {
    const { id: userId, token } = user
    const name = `${user.name}/${index}`
    const onEvent = member.heard.bind(member)
    devices.push(
      new Device({ url, name, userId, token, random: random.fork(), recorder, silenceMs, onEvent }),
    )
  }
  return {
    ...{ user, recorder, devices, member, random: random.fork() },
    get unanswered() {
      return outbox.size
    },
    waitsSince: (t) => outbox.waitsSince(t),
  }
}

export const recorderOf = ({ id, name }: User, folder: string): Recorder =>
  new Recorder({ client: name, user: id, file: join(folder, `${name}.jsonl`) })
