import { memoryDrafts } from '@confab/client/draft-store'
import { MemoryDisk, memoryLocalStore } from '@confab/client/memory-local-store'
import { memoryOutbox } from '@confab/client/memory-outbox'
import type { ChatStorage } from '@confab/client/storage'
import type { Tabs } from '@confab/client/tabs'

interface Waiting {
  tab: object
  changed(leads: boolean): void
}

/** A browser with tabs: one disk, one holder of each lock, channels between them. */
export class FakeBrowser {
  readonly disk = new MemoryDisk()
  readonly outbox = memoryOutbox()
  readonly drafts = memoryDrafts()
  readonly #locks = new Map<string, Waiting[]>()
  readonly #channels = new Map<string, Map<object, (news: unknown) => void>>()

  /**
   * What a chat in a new tab is given, and how the tab dies: its locks are free, and it hears nothing more.
   */
  openTab(): { storage: ChatStorage; die(): void } {
    const tab = {}
    const { outbox, drafts } = this
    const storage = { copy: memoryLocalStore(this.disk), outbox, drafts, tabs: this.#tabs(tab) }
    const die = () => {
      for (const name of this.#locks.keys()) this.#release(name, tab)
      for (const channel of this.#channels.values()) channel.delete(tab)
    }
    return { storage, die }
  }

  #tabs(tab: object): Tabs {
    return {
      lead: (name, changed) => {
        const queue = this.#locks.get(name) ?? []
        this.#locks.set(name, queue)
        const waiting = { tab, changed }
        queue.push(waiting)
        this.#tell(name, waiting)
        return {
          release: () => this.#release(name, tab),
          take: () => {
            const [holder] = queue
            if (holder === waiting || !queue.includes(waiting)) return
            queue.splice(queue.indexOf(waiting), 1)
            queue.unshift(waiting)
            this.#tell(name, waiting)
            if (holder) this.#tell(name, holder)
          },
        }
      },
      channel: (name, heard) => {
        const channel = this.#channels.get(name) ?? new Map<object, (news: unknown) => void>()
        this.#channels.set(name, channel.set(tab, heard))
        const others = () => [...channel].filter(([one]) => one !== tab)
        return {
          tell(news) {
            const told: unknown = structuredClone(news)
            for (const [one] of others()) queueMicrotask(() => channel.get(one)?.(told))
          },
          close: () => void channel.delete(tab),
        }
      },
    }
  }

  #tell(name: string, waiting: Waiting): void {
    queueMicrotask(() => {
      const queue = this.#locks.get(name) ?? []
      if (queue.includes(waiting)) waiting.changed(queue[0] === waiting)
    })
  }

  #release(name: string, tab: object): void {
    const queue = this.#locks.get(name) ?? []
    const [holder] = queue
    const left = queue.filter((waiting) => waiting.tab !== tab)
    queue.splice(0, queue.length, ...left)
    const [next] = queue
    if (next && next !== holder) this.#tell(name, next)
  }
}
