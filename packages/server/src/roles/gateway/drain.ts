import { closeCode } from '@confab/protocol/close-codes'
import type { Clock } from '../../lib/clock.ts'
import type { Connection } from './connection.ts'

/**
 * Tells all connections to go elsewhere, some at a time: who has not been told yet goes on as before, so that
 * each is away for no longer than its own way to another node takes,
 * and that node isn't asked for all at once.
 */
export interface Drain extends Disposable {
  readonly isUnderWay: boolean
  begin(): void
  /** Closes who was told to go when the answers under way are sent: each may be an acknowledgement. */
  closeAnswered(connection: Connection): void
}

const everyMs = 20
/** 500 a second: a node takes 1 to 2 ms for each who comes, signs in and syncs. */
const leastAtOnce = 10
/** However many there are, all are told within two seconds, and have three more for what is under way. */
const turnsMax = 100

export function openDrain({ connections, clock }: { connections: Set<Connection>; clock: Clock }): Drain {
  let isUnderWay = false
  let cancel = (): void => undefined

  function closeAnswered(connection: Connection) {
    if (connection.leaving && connection.callsUnderWay === 0) connection.close(closeCode.draining, 'draining')
  }

  function tell(left: Connection[], atOnce: number) {
    for (const connection of left.splice(0, atOnce)) {
      connection.leaving = true
      closeAnswered(connection)
    }
    if (left.length > 0) cancel = clock.after(everyMs, () => tell(left, atOnce))
  }

  return {
    get isUnderWay() {
      return isUnderWay
    },
    begin() {
      if (isUnderWay) return
      isUnderWay = true
      tell([...connections], Math.max(leastAtOnce, Math.ceil(connections.size / turnsMax)))
    },
    closeAnswered,
    [Symbol.dispose]: () => cancel(),
  }
}
