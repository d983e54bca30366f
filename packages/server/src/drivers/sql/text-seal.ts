import type { ConversationId, MessageId, UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import { type Report, reportUncaught } from '../../lib/report.ts'
import { nonceBytes, seal, unseal } from '../../lib/seal.ts'
import { keyFor, type SealingKey } from '../../lib/sealing-keys.ts'

declare const stored: unique symbol
/** A text as its row holds it. It is no string, so that nobody shows one that wasn't opened. */
export interface StoredText {
  readonly [stored]: true
}

export const storedText = z.custom<StoredText>((text) => typeof text === 'string')

/** The one way of what people say into the database and out of it. */
export interface TextSeal {
  message: Seals<MessageId>
  draft: Seals<UserId>
  /** What somebody wrote with a report, by its id. */
  note: Seals<string>
  /** What an administrator wrote as they settled reports of a message, by `settledPlace`. */
  settledNote: Seals<string>
  /** Whether what is written is sealed, and so bound to its place. */
  isSealing: boolean
}

/** What is said at a place, which is a conversation and whose it is there. */
export interface Seals<Id extends string> {
  /** As it is to be kept. The same text at the same place is kept alike, so that the database can compare. */
  seal(conversationId: ConversationId, id: Id, text: string): string
  /** What can't be opened is answered as such, and reported once. */
  open(conversationId: ConversationId, id: Id, stored: StoredText): string
  /** As it is to be kept now; undefined for what can't be opened. */
  renew(conversationId: ConversationId, id: Id, stored: StoredText): string | undefined
}

/**
 * A text kept otherwise than as it is begins with this character. A clear one that begins with it stands
 * behind `clearMark`, so a text never passes for a sealed one, whatever somebody sends.
 */
const marked = '\u0001'
const clearMark = `${marked}clear:`
const sealedMark = `${marked}sealed:`

/** What a text sealed with a key begins with. */
export const markOf = (keyId: string): string => `${sealedMark}${keyId}:`

/** Of all reports of a message that were settled together. */
export const settledPlace = ({ seq, at }: { seq: number; at: number }): string => `${seq} ${at}`

/** As a text is kept in the clear. */
export const clearForm = (text: string): string => (text.startsWith(marked) ? clearMark + text : text)

/** Whoever sees it can't help it: what it means is in the log. */
export const unreadableText = 'This message can’t be read: it was changed where it is kept.'

const unreadableNote = 'This note can’t be read: it was changed where it is kept.'

/** Beyond so many the log says no more than before. */
const reportedMax = 1_000

/**
 * The first key writes, each opens what it has sealed, and what was kept in the clear is read as it is.
 * Without a key texts are kept as they are. `clear` takes seals away: what is written anew is in the clear.
 *
 * An empty text stays empty: a deleted message has nothing to hide.
 */
export function openTextSeal({
  keys = [],
  clear = false,
  report = reportUncaught,
}: {
  keys?: readonly SealingKey[] | undefined
  clear?: boolean
  report?: Report | undefined
}): TextSeal {
  const rings = keys.map(ringOf)
  const writer = clear ? undefined : rings[0]
  const reported = new Set<string>()

  function read(text: string, place: string): string {
    if (text.startsWith(clearMark)) return text.slice(clearMark.length)
    const ring = rings.find(({ mark }) => text.startsWith(mark))
    // Written before there was a mark, or by nobody of us.
    if (!ring && !text.startsWith(sealedMark)) return text
    if (!ring) throw new Error('its key is not in ENCRYPTION_KEYS')
    return unseal(ring.key, Buffer.from(text.slice(ring.mark.length), 'base64'), place)
  }

  function tell(place: string, cause: unknown): void {
    if (reported.has(place) || reported.size === reportedMax) return
    reported.add(place)
    report(`a text can't be read, and is shown as such: ${place}`, cause)
  }

  const kept = (text: string, place: string) => (writer ? sealed(writer, text, place) : clearForm(text))

  function sealsOf<Id extends string>(kind: string, unreadable: string): Seals<Id> {
    const placeOf = (conversationId: ConversationId, id: Id) => `${kind} ${conversationId} ${id}`
    return {
      seal(conversationId, id, text) {
        // The way of every send: without a key nothing is made.
        if (!writer) return clearForm(text)
        return text === '' ? text : sealed(writer, text, placeOf(conversationId, id))
      },
      open(conversationId, id, stored) {
        const text = String(stored)
        if (!text.startsWith(marked)) return text
        const place = placeOf(conversationId, id)
        try {
          return read(text, place)
        } catch (cause) {
          tell(place, cause)
          return unreadable
        }
      },
      renew(conversationId, id, stored) {
        const text = String(stored)
        if (text === '' || (writer && text.startsWith(writer.mark))) return text
        const place = placeOf(conversationId, id)
        try {
          return kept(read(text, place), place)
        } catch (cause) {
          tell(place, cause)
          return undefined
        }
      },
    }
  }

  return {
    message: sealsOf('message', unreadableText),
    draft: sealsOf('draft', ''),
    note: sealsOf('note', unreadableNote),
    settledNote: sealsOf('settled note', unreadableNote),
    isSealing: writer !== undefined,
  }
}

interface Ring {
  mark: string
  key: Uint8Array
  nonceKey: Uint8Array
}

const ringOf = (key: SealingKey): Ring => ({
  mark: markOf(key.id),
  key: keyFor(key, 'texts'),
  nonceKey: keyFor(key, 'nonces of texts'),
})

/**
 * The nonce is a keyed hash of the text and its place (the construction of SIV: Rogaway and Shrimpton 2006),
 * so it is another one for another text, and what is sealed twice is the same: an edit that changes nothing
 * is seen to be none. What it tells is that a place says again what it once said.
 */
function sealed({ mark, key, nonceKey }: Ring, text: string, place: string): string {
  const hash = new Bun.CryptoHasher('sha256', nonceKey).update(place).update('\0').update(text)
  const bytes = seal(key, text, place, hash.digest().subarray(0, nonceBytes))
  return mark + Buffer.from(bytes).toString('base64')
}
