import type { Chat, ConversationHandle } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import type { Socket } from '@confab/client/options'
import type { Event } from '@confab/protocol/event'
import type { ConversationId } from '@confab/protocol/ids'
import { FrameNotes } from '../frame-notes.ts'
import { contentHash, now } from '../recorder.ts'
import { openTappedSocket, type Tapped, type TappedSocket } from './tapped-socket.ts'

export interface SdkDeviceOptions extends Omit<Tapped, 'onAnswered'> {
  url: string
  name: string
  token: string
  onEvent: (event: Event) => void
}

const answerWithinMs = 8_000

/** One device of a user with the SDK on it, as an application has it; its copy is in memory. */
export class SdkDevice {
  /** When the call began that was the last to be answered. */
  #answeredAsked = 0
  opens = 0

  readonly #options: SdkDeviceOptions
  #chat: Chat
  /** Each without its copy after the first. */
  #lives = 0
  #socket: TappedSocket | undefined

  constructor(options: SdkDeviceOptions) {
    this.#options = options
    this.#chat = this.#open()
  }

  get isOnline(): boolean {
    return this.#chat.status.get().status === 'online'
  }

  /** This device since it last had no copy. */
  get life(): string {
    return `${this.#options.name}#${this.#lives}`
  }

  get chat(): Chat {
    return this.#chat
  }

  get conversations(): ConversationId[] {
    return this.#chat.conversations.get().map(({ conversation }) => conversation.id)
  }

  /** Up to which seq each conversation is held, without a hole. */
  get held(): ReadonlyMap<ConversationId, number> {
    return new Map(this.#chat.conversations.get().map(({ conversation: { id, head } }) => [id, head]))
  }

  /** Whether it has been answered since; where not, a sign of life is asked for. */
  isAnsweredSince(t: number): boolean {
    if (this.#answeredAsked >= t) return true
    if (this.isOnline) this.#socket?.ask()
    return false
  }

  cut(): void {
    this.#socket?.cut()
  }

  /** Comes back without its copy. */
  async restart(): Promise<void> {
    await this.#chat.close()
    this.#chat = this.#open()
  }

  /** What its conversations show now. */
  #noteShown(): void {
    for (const { conversation } of this.#chat.conversations.get()) {
      const { items } = this.#chat.conversation(conversation.id).timeline.get()
      const messages = items.flatMap((item): [number, string][] =>
        item.status === 'sent' ? [[item.message.seq, contentHash(item.message.text)]] : [],
      )
      const { id, head } = conversation
      this.#options.recorder.note({
        kind: 'shows',
        t: now(),
        life: this.life,
        conversation: id,
        head,
        messages,
      })
    }
  }

  /** Writes down what it shows and that it is still connected, and goes. */
  stop(): void {
    this.#noteShown()
    if (this.isOnline) new FrameNotes(this.#options.recorder, this.#connection).stillOpen()
    void this.#chat.close()
  }

  handle(id: string): ConversationHandle {
    return this.#chat.conversation(id)
  }

  get #connection(): string {
    return `${this.life}.${this.opens}`
  }

  #open(): Chat {
    const { url, token, recorder, onEvent } = this.#options
    this.#lives++
    const chat = connect({
      url,
      token,
      storage: 'memory',
      edges: {
        openSocket: (address) => this.#openSocket(address),
        // A stream's frames are written down by nobody here: all goes over sockets.
        fetch: (address, init) =>
          address.includes('/api/v1/stream')
            ? Promise.reject(new Error('blocked'))
            : fetch(address, { ...init, keepalive: false, signal: AbortSignal.timeout(answerWithinMs) }),
        log: () => undefined,
      },
    })
    const { life } = this
    chat.on('event', (event) => {
      const { conversationId: conversation, seq, type } = event
      recorder.note({ kind: 'shown', t: now(), life, conversation, seq, type })
      onEvent(event)
    })
    return chat
  }

  #openSocket(url: string): Socket {
    this.opens++
    const onAnswered = (asked: number) => {
      this.#answeredAsked = Math.max(this.#answeredAsked, asked)
    }
    this.#socket = openTappedSocket(url, this.#connection, { ...this.#options, onAnswered })
    return this.#socket
  }
}
