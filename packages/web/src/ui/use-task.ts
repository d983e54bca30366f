import { useRef, useState } from 'react'

interface Task<Args extends unknown[]> {
  busy: boolean
  error: string | undefined
  /** The error as thrown, for who must tell them apart. */
  cause: unknown
  /** True when it went well. A second call while the first is under way does nothing and is false. */
  run: (...args: Args) => Promise<boolean>
  reset: () => void
}

type State = { is: 'idle' } | { is: 'busy' } | { is: 'failed'; cause: unknown }

/** One deed of the person at a time, with its busy and failed faces. */
export function useTask<Args extends unknown[]>(deed: (...args: Args) => Promise<unknown>): Task<Args> {
  const [state, setState] = useState<State>({ is: 'idle' })
  const underWay = useRef(false)
  const run = async (...args: Args) => {
    if (underWay.current) return false
    underWay.current = true
    setState({ is: 'busy' })
    try {
      await deed(...args)
      setState({ is: 'idle' })
      return true
    } catch (cause) {
      setState({ is: 'failed', cause })
      return false
    } finally {
      underWay.current = false
    }
  }
  const cause = state.is === 'failed' ? state.cause : undefined
  return {
    busy: state.is === 'busy',
    error: cause === undefined ? undefined : messageOf(cause),
    cause,
    run,
    reset: () => setState({ is: 'idle' }),
  }
}

/**
 * In words for the person who waits: what the SDK says of a lost connection is for developers. It is known by
 * its name, since the public page, which shows tasks too, is drawn at build and loads no SDK.
 */
export function messageOf(cause: unknown): string {
  if (!(cause instanceof Error) || cause.message === '') return 'Something went wrong. Please try again.'
  if (cause.name === 'ConnectionLost')
    return 'The server can’t be reached. Check your connection and try again.'
  return cause.message
}
