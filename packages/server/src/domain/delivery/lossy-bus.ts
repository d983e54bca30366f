import type { Bus } from '../../ports/bus.ts'

/** A bus for tests, that can be cut: what is published meanwhile is lost. */
export interface LossyBus extends Bus {
  cut(): void
  /** Ends the cut and tells of it, and of its beginning if that is known, as a driver does. */
  mend(since?: number): void
  /** Loses the next so many messages, and never says so. */
  loseNext(count: number): void
}

export function lossyBus(bus: Bus): LossyBus {
  const cuts = new Set<(since?: number) => void>()
  let isCut = false
  let losing = 0

  return {
    ...bus,
    publish(messages) {
      const lost = isCut ? messages.length : Math.min(losing, messages.length)
      if (!isCut) losing -= lost
      bus.publish(messages.slice(lost))
    },
    onCut(listener) {
      cuts.add(listener)
      return () => cuts.delete(listener)
    },
    get isCut() {
      return isCut
    },
    cut() {
      isCut = true
    },
    mend(since) {
      isCut = false
      for (const tell of cuts) tell(since)
    },
    loseNext(count) {
      losing += count
    },
  }
}
