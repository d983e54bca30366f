import { useCallback, useEffect, useRef, useState } from 'react'
import { messageOf } from './use-task.ts'

interface Fetched<T> {
  /** Undefined until it has come. */
  value: T | undefined
  error: string | undefined
  /** Anew; what is shown stays until it has come. */
  reload: () => void
}

/** What is fetched as a whole. `fetch` must stay the same function as long as it is the same thing. */
export function useFetched<T>(fetch: () => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ value: T | undefined; error: string | undefined }>({
    value: undefined,
    error: undefined,
  })
  const asked = useRef(0)
  const reload = useCallback(() => {
    const turn = ++asked.current
    fetch().then(
      (value) => turn === asked.current && setState({ value, error: undefined }),
      (cause: unknown) =>
        turn === asked.current && setState(({ value }) => ({ value, error: messageOf(cause) })),
    )
  }, [fetch])
  useEffect(reload, [reload])
  return { ...state, reload }
}
