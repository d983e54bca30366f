import { oneTab, type Tabs } from './tabs.ts'

/**
 * Tabs by Web Locks and a BroadcastChannel. Browsers have both since 2022, locks in secure contexts alone:
 * over plain HTTP each tab is as the only one.
 */
export function browserTabs(): Tabs {
  if (typeof BroadcastChannel === 'undefined' || !globalThis.navigator?.locks) return oneTab
  return { lead, channel }
}

const lead: Tabs['lead'] = (name, changed) => {
  const { locks } = navigator
  const released = new AbortController()
  const { signal } = released

  /** Holds the lock until it is released or taken away. */
  const hold = (): Promise<void> => {
    changed(true)
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
  }
  const request = async (options: LockOptions): Promise<void> => {
    try {
      await locks.request(name, options, (lock) => (lock && !signal.aborted ? hold() : undefined))
    } catch {
      // Aborted, which is the end of it, or taken away.
    }
    if (signal.aborted) return
    changed(false)
    // Waits its turn: for as long as the tab that leads lives.
    await request({ signal })
  }
  void request({ ifAvailable: true })

  return {
    release: () => released.abort(),
    take: () => void request({ steal: true }),
  }
}

const channel: Tabs['channel'] = (name, heard) => {
  const broadcast = new BroadcastChannel(name)
  broadcast.onmessage = ({ data }) => heard(data)
  return { tell: (news) => broadcast.postMessage(news), close: () => broadcast.close() }
}
