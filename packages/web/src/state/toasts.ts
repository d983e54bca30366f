import { Dropped } from '@confab/client/dropped'
import { messageOf } from '../ui/use-task.ts'

export interface Toast {
  id: number
  text: string
}

/** More at once than these push the oldest out. */
const toastsMax = 3
const shownMs = 7_000

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** What is shown now, in the form of the SDK's values. */
export const shownToasts = {
  get: () => toasts,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

export function showToast(text: string): void {
  const id = ++lastId
  change([...toasts, { id, text }].slice(-toastsMax))
  setTimeout(() => dismissToast(id), shownMs)
}

export const dismissToast = (id: number): void => change(toasts.filter((toast) => toast.id !== id))

/**
 * For what shows its effect at once: if it comes to nothing, says so and why. `what` as in "Your reaction".
 */
export function tellFailure(deed: Promise<unknown>, what: string): void {
  deed.catch((cause: unknown) => {
    // The copy was dropped or the page is closing: nobody refused anything.
    if (!(cause instanceof Dropped)) showToast(`${what} was not accepted: ${messageOf(cause)}`)
  })
}

function change(next: readonly Toast[]): void {
  toasts = next
  for (const tell of listeners) tell()
}
