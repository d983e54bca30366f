import type { ConversationId } from '@confab/protocol/ids'
import type { Random } from '../random.ts'
import type { User } from './population.ts'
import type { Recorder } from './recorder.ts'

/** Everybody, and what sets them to work once all are online. */
export interface Clients {
  clients: readonly Client[]
  begin(random: Random, goesOn: () => boolean): void
}

/** A user with their devices. */
export interface Client {
  user: User
  recorder: Recorder
  devices: readonly ClientDevice[]
  /** What was begun and is not answered. */
  readonly unanswered: number
  /** Whether a send that was due before is unanswered. */
  waitsSince(t: number): boolean
}

export interface ClientDevice {
  readonly isOnline: boolean
  /** Up to which seq each conversation is held, without a hole. */
  readonly held: ReadonlyMap<ConversationId, number>
  /** How often it has opened a connection. */
  readonly opens: number
  /** Whether it has been answered something that it asked since. */
  isAnsweredSince(t: number): boolean
  /** Writes down what it shows and that it is still connected, and goes. */
  stop(): void
}
