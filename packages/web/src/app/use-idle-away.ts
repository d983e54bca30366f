import { useEffect } from 'react'
import { useChat } from '../state/chat-context.ts'

/** Who has not touched the page for so long is away, as in other chats. */
const idleMs = 10 * 60_000
/** Signs of life are looked at this often: they come by the hundred. */
const signEveryMs = 1_000

/**
 * Away after a while without a sign of life, online at the next. A status that was chosen (busy, invisible,
 * away) is left alone.
 */
export function useIdleAway(): void {
  const chat = useChat()
  useEffect(() => {
    let isIdle = false
    let lastSignMs = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const set = (idle: boolean) => {
      isIdle = idle
      chat.setIdle(idle)
    }
    const onSign = () => {
      if (!isIdle && Date.now() - lastSignMs < signEveryMs) return
      lastSignMs = Date.now()
      clearTimeout(timer)
      timer = setTimeout(() => set(true), idleMs)
      if (isIdle) set(false)
    }
    onSign()
    for (const type of signs) addEventListener(type, onSign, { passive: true, capture: true })
    return () => {
      clearTimeout(timer)
      for (const type of signs) removeEventListener(type, onSign, { capture: true })
    }
  }, [chat])
}

const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart', 'focus'] as const
