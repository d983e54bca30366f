import type { Page } from '@confab/client/list'
import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from './use-task.ts'

type Fetch<T> = () => Promise<Page<T>>

interface State<T> {
  /** Undefined until the first part has come. */
  items: readonly T[] | undefined
  next: Fetch<T> | undefined
  error: string | undefined
}

interface LongList<T> extends State<T> {
  /** Fetches the part that is missing next: the first one again, where that failed. */
  more: () => void
  /** From the beginning; what is shown stays until it has come. */
  reload: () => void
}

/**
 * A list that the server gives in parts. `first` must stay the same function as long as it is the same list.
 */
export function useList<T>(first: Fetch<T>): LongList<T> {
  const [state, setState] = useState<State<T>>({ items: undefined, next: first, error: undefined })
  const asked = useRef(0)
  const fetchPart = useCallback((next: Fetch<T>, before: readonly T[]) => {
    const turn = ++asked.current
    const show = (change: (state: State<T>) => State<T>) => {
      if (turn === asked.current) setState(change)
    }
    next().then(
      ({ items, more }) => show(() => ({ items: [...before, ...items], next: more, error: undefined })),
      (cause: unknown) => show((before) => ({ ...before, error: messageOf(cause) })),
    )
  }, [])
  const reload = useCallback(() => fetchPart(first, []), [first, fetchPart])
  useEffect(reload, [reload])
  const { items = [], next } = state
  return { ...state, more: () => next && fetchPart(next, items), reload }
}
