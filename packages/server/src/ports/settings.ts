import type { UserId } from '@confab/protocol/ids'
import type { Noted } from './audit-entry.ts'

/**
 * What administrators have set, by name: JSON whose meaning is the caller's. What nobody has set is
 * undefined, and the caller's default holds. Shared by all nodes; asked so often that it must be quick.
 */
export interface Settings extends AsyncDisposable {
  read(name: string): Promise<unknown>
  /** Durable when it resolves. `undefined` forgets what was set. Refuses `forbidden` to who is suspended. */
  write(
    setting: {
      name: string
      value: unknown
      actorId: UserId
      at: number
      /** Writes only where this is still what `read` answers, and else refuses `conflict`. */
      over?: { value: unknown }
    } & Noted,
  ): Promise<void>
}
