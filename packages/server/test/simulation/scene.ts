import type { ConversationHandle } from '@confab/client/chat'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { ChosenStatus } from '@confab/protocol/presence'
import type { Device } from './device.ts'
import type { Rows } from './kept-store.ts'
import type { Ledger, Log } from './ledger.ts'
import type { World } from './world.ts'

/** A message that somebody handed over to be sent, and what has become of it. */
export interface Send {
  device: Device
  /** What it was written to: the disk, once the SDK knew whose outbox it is; until then the process alone. */
  writtenTo: object
  conversationId: ConversationId
  clientId: string
  content: { text: string } | { forward: { conversationId: ConversationId; seq: number } }
  outcome: 'open' | 'acknowledged' | 'refused'
  /** A restore took it from the log, while its answer may have been on the way. */
  isLost?: true
}

/**
 * A person's last choice on any device. It is open until it is acknowledged; lost, where that never comes:
 * it may be carried out at any later time, and so is every one after it.
 */
export interface Choice {
  status: ChosenStatus
  outcome: 'open' | 'acknowledged' | 'lost'
}

export const isStored = (ledger: Ledger, { device: { userId }, conversationId, clientId }: Send): boolean =>
  ledger.storedAt({ conversationId, senderId: userId, clientId }).length > 0

/** What a run remembers from step to step. */
export interface Story {
  sends: Send[]
  /** Each device's last reaction, to be taken back. */
  reactions: Map<Device, { handle: ConversationHandle; seq: number; emoji: string }>
  /** What each person chose to look like, as far as it is certain. */
  choices: Map<UserId, Choice>
  backup: { rows: Rows; length: number } | undefined
}

/** What a step can work with. */
export interface Scene {
  world: World
  story: Story
  device: Device
  id: ConversationId
  handle: ConversationHandle
  log: Log | undefined
  /** The seq of some message of the conversation, deleted ones too; undefined where there is none. */
  target: number | undefined
  /** One of the device's own person's, if there is one. */
  ownTarget: number | undefined
  what: number
}

export type TakeStep = (scene: Scene) => void
