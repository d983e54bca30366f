import { closeCode } from '@confab/protocol/close-codes'
import { encodePush } from '@confab/protocol/frames'
import { drainingNotice } from '@confab/protocol/pushes'
import type { Clock } from '../../lib/clock.ts'
import type { Connection } from './connection.ts'

/**
 * Tells all connections to go elsewhere, some at a time: who has not been told yet goes on as before, so that
 * each is away for no longer than its own way to another node takes,
 * and that node isn't asked for all at once.
 *
 *   told by a notice ── served on until it has moved, or for a second ──▶ leaving ── answered ──▶ closed: 4503
 *   other clients  ──────────────────────────────────────────────────────▶
 */
export interface Drain extends Disposable {
  readonly isUnderWay: boolean
  begin(): void
  /** Closes who was told to go when the answers under way are sent: each may be an acknowledgement. */
  closeAnswered(connection: Connection): void
}

const everyMs = 20
/**
 * 200 a second. Who comes, signs in and syncs costs all processes together 3.4 ms: at 500 a second two cores were
 * busy with nothing else, and each who came waited for all before them (docs/chaos.md).
 */
const leastAtOnce = 4
/** However many there are, all are told within three seconds, and have two more for what is under way. */
const turnsMax = 150
/** Who moves on a notice has a second for it, and is served meanwhile. */
const turnsToMove = 50

export function openDrain({ connections, clock }: { connections: Set<Connection>; clock: Clock }): Drain {
  let isUnderWay = false
  let cancel = (): void => undefined
  /** By turns, the latest last: those who were told by a notice and were still there. */
  const told: Connection[][] = []

  function closeAnswered(connection: Connection) {
    if (connection.leaving && connection.callsUnderWay === 0) connection.close(closeCode.draining, 'draining')
  }

  function leave(connection: Connection) {
    connection.leaving = true
    closeAnswered(connection)
  }

  function tell(connection: Connection) {
    if (connection.movesOnNotice && !connection.leaving) connection.send(notice)
    else leave(connection)
  }

  function turn(left: Connection[], atOnce: number) {
    const now = left.splice(0, atOnce)
    for (const connection of now) tell(connection)
    told.push(now.filter(stays))
    const late = told.length > turnsToMove ? told.shift() : undefined
    for (const connection of late ?? []) leave(connection)
    if (left.length > 0 || told.some((some) => some.some(stays)))
      cancel = clock.after(everyMs, () => turn(left, atOnce))
  }

  return {
    get isUnderWay() {
      return isUnderWay
    },
    begin() {
      if (isUnderWay) return
      isUnderWay = true
      turn([...connections], Math.max(leastAtOnce, Math.ceil(connections.size / turnsMax)))
    },
    closeAnswered,
    [Symbol.dispose]: () => cancel(),
  }
}

const stays = ({ closed, leaving }: Connection) => !closed && !leaving
const notice = encodePush('notice', { code: drainingNotice })
