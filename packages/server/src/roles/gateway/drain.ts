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
 * Who comes, signs in and syncs costs all processes together 4 to 5 ms of a core. At 500 a second two cores were
 * busy with nothing else, took in 150, and each who came waited for all before them (docs/chaos.md).
 */
const served = {
  leastPerSecond: 150,
  /** However many there are, and however late the turns come: with `moveMs`, a second is left of a stop's five. */
  withinMs: 3_000,
}
/** Where all were marked as leaving before (a new epoch) nobody is answered meanwhile: they go faster (EPOCH2). */
const unserved = { leastPerSecond: 500, withinMs: 2_000 }
/** Who moves on a notice has so long for it, and is served meanwhile. */
const moveMs = 1_000

export function openDrain({ connections, clock }: { connections: Set<Connection>; clock: Clock }): Drain {
  let isUnderWay = false
  let cancel = (): void => undefined

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

  function beginTurns() {
    const beganAt = clock.elapsed()
    const left = [...connections]
    const { leastPerSecond, withinMs } = left.some(stays) ? served : unserved
    const perMs = Math.max(leastPerSecond / 1_000, left.length / withinMs)
    let toldCount = 0
    /** Who was told by a notice, by turns, the latest last. */
    const moving: { toldAt: number; connections: Connection[] }[] = []

    function turn() {
      const now = clock.elapsed()
      const told = left.splice(0, Math.ceil(perMs * (now - beganAt + everyMs)) - toldCount)
      toldCount += told.length
      for (const connection of told) tell(connection)
      moving.push({ toldAt: now, connections: told.filter(stays) })
      while (moving[0] && now - moving[0].toldAt >= moveMs) moving.shift()?.connections.forEach(leave)
      if (left.length > 0 || moving.some((one) => one.connections.some(stays)))
        cancel = clock.after(everyMs, turn)
    }
    turn()
  }

  return {
    get isUnderWay() {
      return isUnderWay
    },
    begin() {
      if (isUnderWay) return
      isUnderWay = true
      beginTurns()
    },
    closeAnswered,
    [Symbol.dispose]: () => cancel(),
  }
}

const stays = ({ closed, leaving }: Connection) => !closed && !leaving
const notice = encodePush('notice', { code: drainingNotice })
