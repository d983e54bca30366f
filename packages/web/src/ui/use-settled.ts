import { useEffect, useState } from 'react'

/** A value once it has stayed the same for a moment: what is typed costs one question a word. */
export function useSettled<T>(value: T, settleMs = 200): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs)
    return () => clearTimeout(timer)
  }, [value, settleMs])
  return settled
}
