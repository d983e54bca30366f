import type { Event } from '@confab/protocol/event'
import type { ConversationId } from '@confab/protocol/ids'
import type { Action, HistoryRecord } from '../check/history.ts'
import type { Random } from '../random.ts'
import { type Answer, Lost } from './connection.ts'
import type { Device } from './device.ts'
import { FrameNotes } from './frame-notes.ts'
import { lookAtLog, pry } from './look-around.ts'
import type { NewMessage, Outbox } from './outbox.ts'
import { isMovedBy, type Place, type Population, type User } from './population.ts'
import { contentHash, now, type Recorder } from './recorder.ts'
import { rest } from './rest.ts'
import type { Tally } from './tally.ts'

export interface CrewMemberOptions {
  url: string
  user: User
  population: Population
  devices: Device[]
  outbox: Outbox
  recorder: Recorder
  random: Random
  tally: Tally
}

const emojis = ['👍', '🎉', '❤️']
const messagesKnown = 40
const outboxMost = 30

/**
 * One user at work: writes, edits, deletes, reacts, reads, comes and goes, looks where nothing is to be seen.
 */
export class CrewMember {
  readonly #options: CrewMemberOptions
  /** The latest messages seen, and of those one's own: what to act on. */
  readonly #seen: { conversationId: ConversationId; seq: number; mine: boolean }[] = []
  readonly #sent: { message: NewMessage; seq: number }[] = []
  #acts = 0
  #number = 0

  constructor(options: CrewMemberOptions) {
    this.#options = options
  }

  heard(event: Event): void {
    if (event.type !== 'message.created') return
    const mine = event.actorId === this.#options.user.id
    this.#seen.push({ conversationId: event.conversationId, seq: event.seq, mine })
    if (this.#seen.length > messagesKnown) this.#seen.shift()
  }

  /** Does one thing, by chance. Never rejects for what the server does. */
  async doSomething(): Promise<void> {
    const { random, devices, outbox } = this.#options
    const device = random.pick(devices)
    if (!device?.isOnline && !random.chance(0.05)) return
    if (!device || outbox.size >= outboxMost) return
    const dice = random.next()
    try {
      if (dice < 0.56) await this.#send(device)
      else if (dice < 0.6) await this.#repeat()
      else if (dice < 0.68) await this.#onMessage(device, 'edit', true)
      else if (dice < 0.73) await this.#onMessage(device, 'delete', true)
      else if (dice < 0.79) await this.#onMessage(device, 'react', false)
      else if (dice < 0.82) await this.#onMessage(device, 'unreact', false)
      else if (dice < 0.9) await this.#read(device)
      else if (dice < 0.95) await this.#look(device)
      else if (dice < 0.98) await this.#move()
      else if (dice < 0.99) await this.#pry()
      else device.cut()
    } catch (cause) {
      if (!(cause instanceof Lost)) throw cause
      this.#options.tally.lostAnswers++
    }
  }

  async #send(device: Device): Promise<void> {
    const { random, outbox, user } = this.#options
    const conversationId = random.pick([...device.held.keys()])
    if (!conversationId) return
    const number = ++this.#number
    const message = {
      conversationId,
      clientId: `${user.name}-${number}`,
      text: `${user.name} says ${number}`,
    }
    const stored = await outbox.send(device, message)
    if (!stored) return
    this.#sent.push({ message, seq: stored.seq })
    if (this.#sent.length > messagesKnown) this.#sent.shift()
  }

  /** What was acknowledged long ago, sent again by two ways at once: it must be no second message. */
  async #repeat(): Promise<void> {
    const { random, outbox, devices, tally } = this.#options
    const sent = random.pick(this.#sent)
    if (!sent) return
    tally.repeats += devices.length + 1
    await Promise.all([undefined, ...devices].map((way) => outbox.try(way, sent.message)))
  }

  async #onMessage(device: Device, action: 'edit' | 'delete' | 'react' | 'unreact', own: boolean) {
    const { random, user } = this.#options
    const message = random.pick(this.#seen.filter(({ mine }) => !own || mine))
    if (!message) return
    const { conversationId, seq } = message
    const on = { conversation: conversationId, target: seq }
    const emoji = random.pick(emojis) ?? '👍'
    if (action === 'edit') {
      const text = `${user.name} means ${++this.#number}`
      await this.#act({ action, ...on, content: contentHash(text) }, () =>
        device.call('message.edit', { conversationId, seq, text }),
      )
    } else if (action === 'delete') {
      await this.#act({ action, ...on }, () => device.call('message.delete', { conversationId, seq }))
    } else {
      const method = action === 'react' ? 'message.react' : 'message.unreact'
      await this.#act({ action, ...on }, () => device.call(method, { conversationId, seq, emoji }))
    }
  }

  async #read(device: Device): Promise<void> {
    const [conversationId, seq] = this.#options.random.pick([...device.held]) ?? []
    if (!conversationId || !seq) return
    await this.#act({ action: 'read', conversation: conversationId, target: seq }, async () =>
      withoutEvent(await device.call('read', { conversationId, seq })),
    )
  }

  /** A page of history over the socket, or of the log over REST. */
  async #look(device: Device): Promise<void> {
    const { random, tally, recorder, user } = this.#options
    const [conversationId, held] = random.pick([...device.held]) ?? []
    if (!conversationId || !held) return
    tally.reads++
    const asked = now()
    const seq = random.between(Math.max(1, held - 200), held)
    if (random.chance(0.5)) {
      const answer = await device.call('history', { conversationId, around: seq, limit: 30 })
      if ('result' in answer) new FrameNotes(recorder, user.name).messages(answer.result.messages, asked)
    } else await lookAtLog(this.#options, conversationId, seq)
  }

  /** The owner removes or adds somebody; in the channel one comes and goes oneself. */
  async #move(): Promise<void> {
    const { random, population, user } = this.#options
    const place = random.pick(population.places.filter(({ owner, kind }) => isMovedBy(user, owner, kind)))
    if (!place) return
    const { id: conversation } = place
    if (place.kind === 'channel') {
      const action = this.#holds(place) ? 'leave' : 'join'
      return this.#act({ action, conversation, user: user.id }, () => this.#post(place, 'POST', action))
    }
    const other = random.pick(place.movable)
    if (!other) return
    const action = random.chance(0.5) ? 'remove' : 'add'
    const method = action === 'add' ? 'PUT' : 'DELETE'
    await this.#act({ action, conversation, user: other.id }, () =>
      this.#post(place, method, `members/${other.id}`),
    )
  }

  #holds({ id }: Place): boolean {
    return this.#options.devices.some(({ held }) => held.has(id))
  }

  async #post({ id }: Place, method: string, path: string) {
    const { url, user } = this.#options
    const body = method === 'PUT' ? {} : undefined
    const call = { method, token: user.token, ...(body && { body }) }
    return withoutEvent(await rest<unknown>(url, `/api/v1/conversations/${id}/${path}`, call))
  }

  async #pry(): Promise<void> {
    const place = this.#options.random.pick(this.#options.population.places)
    this.#options.tally.reads++
    if (place) await pry(this.#options, place.id)
  }

  async #act(
    tried: { action: Action } & Pick<
      Extract<HistoryRecord, { kind: 'act' }>,
      'conversation' | 'target' | 'user' | 'content'
    >,
    work: () => Promise<Answer<{ event: { seq: number } | null }>>,
  ): Promise<void> {
    const { recorder, tally } = this.#options
    const act = ++this.#acts
    tally.acts++
    recorder.note({ kind: 'act', t: now(), act, ...tried })
    const answer = await work()
    if ('result' in answer) {
      tally.actsAcknowledged++
      recorder.note({ kind: 'acted', t: now(), act, seq: answer.result.event?.seq ?? null })
    } else {
      const { code } = answer.refused
      tally.refused[code] = (tally.refused[code] ?? 0) + 1
      recorder.note({ kind: 'refused', t: now(), what: tried.action, code })
    }
  }
}

const withoutEvent = (answer: Answer<unknown>): Answer<{ event: null }> =>
  'result' in answer ? { result: { event: null } } : answer
