import { createMemoryPresence } from '../../src/drivers/memory/presence.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Report } from '../../src/lib/report.ts'
import type { PresenceBoard, Seen } from '../../src/ports/presence.ts'
import type { Dice } from './seeded-random.ts'
import { type BusEnd, busDelayMs } from './simulated-bus.ts'
import type { Timeline } from './timeline.ts'

export interface BoardEnd extends PresenceBoard {
  /** The node died: what was there through it is found out by its silence. */
  crash(): void
}

/**
 * The presence of several nodes, as Redis would keep it: asked and answered in the order of asking, after a
 * while. What changes is told over the bus's own connections, and lost to a node whose is cut.
 */
export class SimulatedBoard {
  readonly #shared: ReturnType<typeof createMemoryPresence>
  readonly #dice: Dice

  constructor({ timeline, dice, report }: { timeline: Timeline; dice: Dice; report: Report }) {
    this.#shared = createMemoryPresence({ clock: timeline.clock(), report })
    this.#dice = dice
  }

  join(clock: Clock, busEnd: BusEnd): BoardEnd {
    const board = this.#shared.join()
    const inOrder = (): ((step: () => void) => void) => {
      let clearAt = 0
      return (step) => {
        clearAt = Math.max(clearAt, clock.elapsed() + this.#dice.below(busDelayMs / 2))
        clock.after(clearAt - clock.elapsed(), step)
      }
    }
    const [asked, answered, told] = [inOrder(), inOrder(), inOrder()]

    const over = <Answer>(carryOut: () => Promise<Answer>): Promise<Answer> =>
      new Promise((resolve, reject) => {
        asked(() => {
          carryOut().then(
            (answer) => answered(() => resolve(answer)),
            (cause) => answered(() => reject(cause)),
          )
        })
      })

    return {
      connect: (userId, connectionId) => over(() => board.connect(userId, connectionId)),
      disconnect: (userId, connectionId) => over(() => board.disconnect(userId, connectionId)),
      choose: (userId, connectionId, status) => over(() => board.choose(userId, connectionId, status)),
      setConnection: (userId, connectionId, status) =>
        over(() => board.setConnection(userId, connectionId, status)),
      look: (userIds) => over(() => board.look(userIds)),
      onChange: (listener) =>
        board.onChange((seen: Seen) => {
          if (busEnd.isCut) return
          told(() => {
            if (!busEnd.isCut) listener(seen)
          })
        }),
      crash: () => board.crash(),
      [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
    }
  }
}
