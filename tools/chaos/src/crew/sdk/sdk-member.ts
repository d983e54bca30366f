import { ConnectionLost } from '@confab/client/connection-lost'
import { Dropped } from '@confab/client/dropped'
import type { Event } from '@confab/protocol/event'
import type { ConversationId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { HistoryRecord } from '../../check/history.ts'
import type { Random } from '../../random.ts'
import { Lost } from '../connection.ts'
import { lookAtLog, pry } from '../look-around.ts'
import { isMovedBy, type Population, type User } from '../population.ts'
import { contentHash, now, type Recorder } from '../recorder.ts'
import { rest } from '../rest.ts'
import type { Tally } from '../tally.ts'
import type { SdkDevice } from './sdk-device.ts'

export interface SdkMemberOptions {
  url: string
  user: User
  population: Population
  devices: readonly SdkDevice[]
  recorder: Recorder
  random: Random
  tally: Tally
  nextAct: () => number
}

const emojis = ['👍', '🎉', '❤️']
const messagesKnown = 40

/** One user at work through the SDK. What that can't do is done past it: old sends again, and prying. */
export class SdkMember {
  readonly #options: SdkMemberOptions
  readonly #seen: { conversationId: ConversationId; seq: number; mine: boolean }[] = []
  readonly #sent: { conversationId: ConversationId; clientId: string; text: string }[] = []
  /** By clientId, when each was due that waits for its acknowledgement. */
  readonly #waiting = new Map<string, number>()
  #acting = 0
  #number = 0

  constructor(options: SdkMemberOptions) {
    this.#options = options
  }

  get unanswered(): number {
    return this.#waiting.size + this.#acting
  }

  waitsSince(t: number): boolean {
    return [...this.#waiting.values()].some((due) => due < t)
  }

  heard({ type, actorId, conversationId, seq }: Event): void {
    if (type !== 'message.created') return
    this.#seen.push({ conversationId, seq, mine: actorId === this.#options.user.id })
    if (this.#seen.length > messagesKnown) this.#seen.shift()
  }

  /** Online or not: what can't go out now waits in the SDK's outbox. Counted from when it was due. */
  async send(due: number): Promise<void> {
    const { random, devices, recorder, tally, user } = this.#options
    const device = random.pick(devices)
    const conversationId = random.pick(device?.conversations ?? [])
    if (!device || !conversationId) return
    const text = `${user.name} says ${++this.#number}`
    const { clientId, sent } = device.handle(conversationId).send(text)
    const written = { life: device.life, conversation: conversationId, clientId }
    recorder.note({ kind: 'wrote', t: now(), ...written, content: contentHash(text) })
    tally.sends++
    this.#waiting.set(clientId, due)
    try {
      const { seq } = await sent
      recorder.note({ kind: 'stored', t: now(), ...written, seq })
      tally.acknowledged++
      tally.acknowledgedDue = Math.max(tally.acknowledgedDue, due)
      tally.longestStallMs = Math.max(tally.longestStallMs, now() - due)
      this.#sent.push({ conversationId, clientId, text })
      if (this.#sent.length > messagesKnown) this.#sent.shift()
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause
      recorder.note({ kind: 'unsent', t: now(), ...written, code: cause.code })
    } finally {
      this.#waiting.delete(clientId)
    }
  }

  /** One thing beside sending, by chance. Never rejects for what the server does. */
  async act(): Promise<void> {
    const { random, devices, tally } = this.#options
    const device = random.pick(devices)
    if (!device) return
    this.#acting++
    try {
      await this.#doOne(device, random.next())
    } catch (cause) {
      if (cause instanceof Lost || cause instanceof ConnectionLost) tally.lostAnswers++
      // Refusals are in the tap's records; what was dropped went with a copy.
      else if (!(cause instanceof Refusal || cause instanceof Dropped)) throw cause
    } finally {
      this.#acting--
    }
  }

  async #doOne(device: SdkDevice, dice: number): Promise<void> {
    if (dice < 0.09) await this.#repeat()
    else if (dice < 0.27) await this.#edit(device)
    else if (dice < 0.38) await this.#on(device, true, (id, seq) => device.handle(id).delete(seq))
    else if (dice < 0.52) await this.#react(device, 'react')
    else if (dice < 0.59) await this.#react(device, 'unreact')
    else if (dice < 0.77) this.#read(device)
    else if (dice < 0.88) await this.#look(device)
    else if (dice < 0.95) await this.#move(device)
    else if (dice < 0.97) await this.#pry()
    else if (dice < 0.99 || this.unanswered > 1) device.cut()
    else await device.restart()
  }

  /** What was acknowledged, sent again over REST twice at once: it must be no second message. */
  async #repeat(): Promise<void> {
    const { random, url, user, recorder, tally } = this.#options
    const old = random.pick(this.#sent)
    if (!old) return
    const { conversationId: conversation, ...body } = old
    const again = async () => {
      tally.repeats++
      const asked = now()
      const tried = { conversation, clientId: body.clientId }
      recorder.note({ kind: 'send', t: asked, ...tried, content: contentHash(body.text) })
      const call = { method: 'POST', body, token: user.token }
      const path = `/api/v1/conversations/${conversation}/messages`
      const answer = await rest<{ seq: number; text: string }>(url, path, call)
      if (!('result' in answer)) return
      const { seq, text } = answer.result
      recorder.note({ kind: 'sent', t: now(), asked, ...tried, seq, content: contentHash(text) })
    }
    await Promise.all([again(), again()])
  }

  #edit(device: SdkDevice): Promise<void> {
    const text = `${this.#options.user.name} means ${++this.#number}`
    return this.#on(device, true, (id, seq) => device.handle(id).edit(seq, text))
  }

  #react(device: SdkDevice, how: 'react' | 'unreact'): Promise<void> {
    const emoji = this.#options.random.pick(emojis) ?? '👍'
    return this.#on(device, false, (id, seq) => device.handle(id)[how](seq, emoji))
  }

  async #on(device: SdkDevice, own: boolean, act: (id: string, seq: number) => Promise<void>): Promise<void> {
    const { random, tally } = this.#options
    const held = new Set(device.conversations)
    const known = this.#seen.filter(({ conversationId, mine }) => held.has(conversationId) && (!own || mine))
    const message = random.pick(known)
    if (!message) return
    tally.acts++
    await act(message.conversationId, message.seq)
    tally.actsAcknowledged++
  }

  #read(device: SdkDevice): void {
    const id = this.#options.random.pick(device.conversations)
    if (id) device.handle(id).read()
  }

  async #look(device: SdkDevice): Promise<void> {
    const { random, tally } = this.#options
    const [id, held] = random.pick([...device.held]) ?? []
    if (!id || !held) return
    tally.reads++
    if (random.chance(0.5)) await device.handle(id).loadEarlier()
    else await lookAtLog(this.#options, id, random.between(0, held))
  }

  /** The owner removes or adds somebody; in the channel one comes and goes oneself. */
  async #move(device: SdkDevice): Promise<void> {
    const { random, population, user } = this.#options
    const place = random.pick(population.places.filter(({ owner, kind }) => isMovedBy(user, owner, kind)))
    if (!place) return
    const { id: conversation } = place
    if (place.kind === 'channel') {
      const isIn = device.conversations.includes(conversation)
      const moved = { conversation, user: user.id, action: isIn ? ('leave' as const) : ('join' as const) }
      return this.#noted(moved, () =>
        isIn ? device.handle(conversation).leave() : device.chat.join(conversation),
      )
    }
    const other = random.pick(place.movable)
    if (!other) return
    const adds = random.chance(0.5)
    const moved = { conversation, user: other.id, action: adds ? ('add' as const) : ('remove' as const) }
    const handle = device.handle(conversation)
    await this.#noted(moved, () => (adds ? handle.addMembers([other.id]) : handle.removeMember(other.id)))
  }

  async #noted(
    moved: Pick<Extract<HistoryRecord, { kind: 'act' }>, 'conversation' | 'user' | 'action'>,
    move: () => Promise<unknown>,
  ): Promise<void> {
    const { recorder, nextAct, tally } = this.#options
    const act = nextAct()
    tally.acts++
    recorder.note({ kind: 'act', t: now(), act, ...moved })
    await move()
    tally.actsAcknowledged++
    recorder.note({ kind: 'acted', t: now(), act, seq: null })
  }

  async #pry(): Promise<void> {
    const place = this.#options.random.pick(this.#options.population.places)
    this.#options.tally.reads++
    if (place) await pry(this.#options, place.id)
  }
}
