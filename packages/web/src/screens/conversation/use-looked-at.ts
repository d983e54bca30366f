import { useSyncExternalStore } from 'react'

/** True while the window is visible and has the focus: only then does somebody read. */
export const useLookedAt = (): boolean => useSyncExternalStore(subscribe, isLookedAt)

const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

function subscribe(listener: () => void) {
  addEventListener('focus', listener)
  addEventListener('blur', listener)
  document.addEventListener('visibilitychange', listener)
  return () => {
    removeEventListener('focus', listener)
    removeEventListener('blur', listener)
    document.removeEventListener('visibilitychange', listener)
  }
}
