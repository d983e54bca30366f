import type { Value } from '@confab/client/value'
import { useCallback, useRef, useSyncExternalStore } from 'react'

/** Several of the SDK's values at once, in their order; the same list until one of them changes. */
export function useValues<T>(values: readonly Value<T>[]): readonly T[] {
  const last = useRef<readonly T[]>([])
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = values.map((value) => value.subscribe(listener))
      return () => {
        for (const end of ends) end()
      }
    },
    [values],
  )
  return useSyncExternalStore(subscribe, () => {
    const next = values.map((value) => value.get())
    const same = next.length === last.current.length && next.every((one, at) => one === last.current[at])
    if (!same) last.current = next
    return last.current
  })
}
