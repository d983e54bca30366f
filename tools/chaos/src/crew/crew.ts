import { mkdirSync } from 'node:fs'
import type { Member } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import { waitUntil } from '../../../load/src/measure/wait-until.ts'
import { neverAfterMs } from '../hold.ts'
import type { Random } from '../random.ts'
import { wanted } from './accounts.ts'
import type { Client } from './client.ts'
import { type PopulationSize, populate } from './population.ts'
import { openRawClients, type RawWork } from './raw-client.ts'
import { eventRecord, now } from './recorder.ts'
import { rest } from './rest.ts'
import { openSdkClients, type SdkWork } from './sdk/sdk-client.ts'
import { emptyTally, type Tally } from './tally.ts'

export interface CrewSize extends PopulationSize {
  devicesPerUser: number
  work: RawWork | SdkWork
}

/** All clients, at work until they are told to stop. */
export interface Crew {
  readonly tally: Tally
  /** How often connections were opened. */
  readonly opens: number
  /**
   * Each was seen online and answered something that it asked since, and nobody waits for anything from before.
   * Not all at one instant: at work, of 500 some have always just dropped a connection.
   */
  isWholeSince(t: number): boolean
  /** What time the server has, by what it says itself. */
  serverTime(): Promise<number>
  /** Stops writing, waits until all is answered and received, and fetches every log anew. */
  finish(): Promise<void>
  /** Ends every connection and writes the histories out. */
  leave(): void
}

/** How long a ticket is good for, by the contract. */
const ticketMs = 30_000
const pageEvents = 500
const fetchersPerLog = 2

export interface CrewOptions {
  url: string
  /** Where mailed codes are read. */
  inboxUrl: string
  random: Random
  size: CrewSize
  /** Where the histories go, a file each. */
  folder: string
}

export async function gatherCrew({ url, inboxUrl, random, size, folder }: CrewOptions): Promise<Crew> {
  mkdirSync(folder, { recursive: true })
  const population = await populate({ url, inboxUrl }, size, random)
  const tally = emptyTally()
  let working = true

  const goesOn = () => working
  const { work, devicesPerUser } = size
  const options = population.users.map((user) => {
    const own = random.fork()
    return { url, user, population, random: own, tally, devicesPerUser, folder }
  })
  const { clients, begin } =
    work.clients === 'raw' ? openRawClients(options, work) : openSdkClients(options, work)
  const devices = clients.flatMap((client) => client.devices)
  /** Those that were not yet seen to be well since a fault. */
  let hurt = { since: Number.NEGATIVE_INFINITY, devices }

  const crew: Crew = {
    tally,
    get opens() {
      return devices.reduce((sum, device) => sum + device.opens, 0)
    },
    isWholeSince(t) {
      if (hurt.since !== t) hurt = { since: t, devices }
      // Each is asked, so that all of them are under way at once.
      hurt.devices = hurt.devices.filter((device) => !(device.isAnsweredSince(t) && device.isOnline))
      return hurt.devices.length === 0 && clients.every((client) => !client.waitsSince(t))
    },
    async serverTime() {
      const token = clients[0]?.user.token ?? ''
      const call = { method: 'POST', token }
      const { expiresAt } = wanted(await rest<{ expiresAt: string }>(url, '/api/v1/ws/ticket', call))
      return Date.parse(expiresAt) - ticketMs
    },
    async finish() {
      working = false
      const isAnswered = () =>
        clients.every(({ unanswered }) => unanswered === 0) && devices.every(({ isOnline }) => isOnline)
      await waitUntil('every send is answered', isAnswered, { withinMs: neverAfterMs })
      const heads = new Map<string, number>()
      for (const { id } of population.places)
        for (const client of membersOf(id).slice(0, fetchersPerLog)) heads.set(id, await fetchLog(client, id))
      const hasAll = () =>
        devices.every(({ held }) => [...held].every(([id, seq]) => seq >= (heads.get(id) ?? 0)))
      // Who gets no further is left as they are, for the checker to find.
      await waitUntil('everybody has everything', hasAll, { withinMs: neverAfterMs }).catch(() => undefined)
      for (const device of devices) device.stop()
    },
    leave() {
      working = false
      for (const device of devices) device.stop()
      for (const { recorder } of clients) recorder.flush()
    },
  }

  const membersOf = (id: string) =>
    clients.filter((client) => client.devices.some(({ held }) => [...held.keys()].some((key) => key === id)))

  async function fetchLog(client: Client, conversation: string): Promise<number> {
    const { user, recorder } = client
    const asked = now()
    const events: Event[] = []
    for (;;) {
      const path = `/api/v1/conversations/${conversation}/events?after=${events.length}&limit=${pageEvents}`
      const page = wanted(await rest<{ items: Event[]; head: number }>(url, path, { token: user.token }))
      events.push(...page.items)
      if (page.items.length > 0 && events.length < page.head) continue
      recorder.note({ kind: 'final', t: now(), asked, conversation, head: page.head })
      for (const event of events) recorder.note(eventRecord(event, { t: now(), via: 'final', asked }))
      await fetchCursors(client, conversation)
      return page.head
    }
  }

  async function fetchCursors({ user, recorder }: Client, conversation: string): Promise<void> {
    const asked = now()
    const path = `/api/v1/conversations/${conversation}/members?limit=100`
    const { items } = wanted(
      await rest<{ items: Pick<Member, 'user' | 'readSeq'>[] }>(url, path, { token: user.token }),
    )
    for (const { user, readSeq } of items) {
      const seen = { conversation, user: user.id, read: readSeq ?? 0 }
      if (readSeq !== null) recorder.note({ kind: 'cursor', t: now(), asked, ...seen })
    }
  }

  await waitUntil('everybody is online', () => devices.every(({ isOnline }) => isOnline), {
    withinMs: neverAfterMs,
  })
  begin(random.fork(), goesOn)
  return crew
}
