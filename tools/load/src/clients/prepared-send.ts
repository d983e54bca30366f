import { encodeText } from '../wire/frames.ts'

/** How a send is put in words in a system's protocol, its id before everything else. */
export type SendWords = (send: {
  id: number
  conversationId: string
  clientId: string
  text: string
}) => string

/** Ids have nine digits, so that every send of a connection is as long as the last one. */
export const firstSendId = 100_000_000

const idMark = 987_654_321
const digits = 9
const encoder = new TextEncoder()
/** Of this driver alone, whatever others have sent to the same server. */
const driverMark = crypto.getRandomValues(new Uint8Array(6)).toHex()
let preparedCount = 0

/**
 * The frame of one connection's sends to one conversation, made once: a send writes its id and its text over
 * the last one's. Texts are ASCII that JSON doesn't escape, each as long as the first.
 */
export class PreparedSend {
  readonly textLength: number
  readonly #frame: Uint8Array
  readonly #idAt: number
  readonly #clientIdAt: number
  readonly #text: Uint8Array

  constructor(
    words: SendWords,
    { conversationId, textLength }: { conversationId: string; textLength: number },
  ) {
    const text = '~'.repeat(textLength)
    const clientId = `${driverMark}-${preparedCount++}-${idMark}`
    const payload = words({ id: idMark, conversationId, clientId, text })
    this.textLength = textLength
    this.#frame = encodeText(payload)
    const header = this.#frame.length - payload.length
    this.#idAt = header + payload.indexOf(String(idMark))
    this.#clientIdAt = header + payload.lastIndexOf(String(idMark))
    const textAt = header + payload.indexOf(text)
    this.#text = this.#frame.subarray(textAt, textAt + textLength)
  }

  /** The frame of a send. The next one's is written over it. */
  frame(id: number, text: string): Uint8Array {
    writeDigits(this.#frame, this.#idAt, id)
    writeDigits(this.#frame, this.#clientIdAt, id)
    encoder.encodeInto(text, this.#text)
    return this.#frame
  }
}

/** The one of this conversation and length, made at the first send. */
export function preparedFor(
  prepared: Map<string, PreparedSend>,
  words: SendWords,
  { conversationId, text }: { conversationId: string; text: string },
): PreparedSend {
  const held = prepared.get(conversationId)
  if (held?.textLength === text.length) return held
  const made = new PreparedSend(words, { conversationId, textLength: text.length })
  prepared.set(conversationId, made)
  return made
}

function writeDigits(bytes: Uint8Array, at: number, number: number): void {
  let rest = number
  for (let index = at + digits - 1; index >= at; index--) {
    bytes[index] = 48 + (rest % 10)
    rest = (rest / 10) | 0
  }
}
