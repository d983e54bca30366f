import { useSyncExternalStore } from 'react'
import { useChat } from './chat-context.ts'

const tickMs = 30_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let ticks = 0

/**
 * The server's time, good to half a minute, for "2 minutes ago" and "today". One timer, however many look.
 */
export function useNow(): number {
  const chat = useChat()
  useSyncExternalStore(subscribe, () => ticks)
  return chat.serverNow()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    ticks++
    for (const tell of listeners) tell()
  }, tickMs)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
