/** What the tabs of one browser have in common. A runtime without tabs is the only one: `oneTab`. */
export interface Tabs {
  /**
   * Calls `changed` soon, and whenever it is another answer: true where this tab is now the one of all that
   * ask under the name, false where another is. When that one closes or dies, another follows.
   */
  lead(name: string, changed: (leads: boolean) => void): Lead
  /**
   * What is told under the name is heard by the other tabs, in order from each,
   * and lost on those that come later.
   */
  channel(name: string, heard: (news: unknown) => void): TabChannel
}

export interface Lead {
  release(): void
  /** Takes the lead from a tab that doesn't do its work: browsers put tabs to sleep. */
  take(): void
}

export interface TabChannel {
  /** Takes what can be cloned. */
  tell(news: unknown): void
  close(): void
}

/** Where tabs can't know of each other, each is the only one. */
export const oneTab: Tabs = {
  lead(_name, changed) {
    let released = false
    queueMicrotask(() => {
      if (!released) changed(true)
    })
    return {
      release() {
        released = true
      },
      take: () => undefined,
    }
  },
  channel: () => ({ tell: () => undefined, close: () => undefined }),
}
