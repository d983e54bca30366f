import { useEffect, useState } from 'react'

/** Seconds left of `seconds`, counted anew whenever `restart` changes. */
export function useCountdown(seconds: number, { restart }: { restart: number }): number {
  const [{ left, of }, setCount] = useState({ left: seconds, of: restart })
  useEffect(() => {
    setCount({ left: seconds, of: restart })
    const timer = setInterval(
      () => setCount((now) => (now.left > 0 ? { ...now, left: now.left - 1 } : now)),
      1_000,
    )
    return () => clearInterval(timer)
  }, [seconds, restart])
  return of === restart ? left : seconds
}
