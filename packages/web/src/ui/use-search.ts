import { useEffect, useState } from 'react'
import { messageOf } from './use-task.ts'

/** Waits for a pause in the typing, so that a word costs one question. */
const pauseMs = 200

export type Found<T> =
  | { is: 'idle' }
  | { is: 'searching'; items: readonly T[] }
  | { is: 'found'; items: readonly T[] }
  | { is: 'failed'; error: string }

interface SearchOptions {
  /** An empty query is a question too: show everything. */
  emptyAsks?: boolean
}

/** Searches as one types. An answer to an older question is dropped; the last one stands meanwhile. */
export function useSearch<T>(
  query: string,
  search: (query: string) => Promise<readonly T[]>,
  { emptyAsks = false }: SearchOptions = {},
): Found<T> {
  const wanted = query.trim()
  const asks = wanted !== '' || emptyAsks
  const [found, setFound] = useState<Found<T>>({ is: 'idle' })
  useEffect(() => {
    if (!asks) {
      setFound({ is: 'idle' })
      return
    }
    let dropped = false
    setFound((before) => ({ is: 'searching', items: 'items' in before ? before.items : [] }))
    const timer = setTimeout(
      () =>
        search(wanted).then(
          (items) => dropped || setFound({ is: 'found', items }),
          (cause: unknown) => dropped || setFound({ is: 'failed', error: messageOf(cause) }),
        ),
      wanted === '' ? 0 : pauseMs,
    )
    return () => {
      dropped = true
      clearTimeout(timer)
    }
  }, [wanted, asks, search])
  return found
}
