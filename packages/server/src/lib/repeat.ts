import type { Clock } from './clock.ts'

/**
 * Does something at once and, each time after as many milliseconds as it answers, again, until stopped: the end
 * waits for what is under way, which may ask whether it is to come.
 */
export function repeat(
  clock: Pick<Clock, 'after'>,
  act: (isStopping: () => boolean) => Promise<number>,
): AsyncDisposable {
  let stopping = false
  let cancel: () => void = () => undefined
  let acting = round()

  async function round(): Promise<void> {
    const pauseMs = await act(() => stopping)
    if (stopping) return
    cancel = clock.after(pauseMs, () => {
      acting = round()
    })
  }

  return {
    async [Symbol.asyncDispose]() {
      stopping = true
      cancel()
      await acting
    },
  }
}
