import { dismissToast, shownToasts } from '../state/toasts.ts'
import { useValue } from '../state/use-value.ts'
import { Icon } from '../ui/icon.tsx'

/** Short words about what didn't work, over everything; read aloud, gone after a while or when pressed. */
export function Toaster() {
  const toasts = useValue(shownToasts)
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-24 z-50 mx-auto flex max-w-md flex-col items-center gap-2"
    >
      {toasts.map(({ id, text }) => (
        <div
          key={id}
          data-toast
          className="pointer-events-auto flex animate-rise items-center gap-2 rounded-medium bg-ink py-1 ps-4 pe-1 text-small text-surface shadow-high"
        >
          <span className="min-w-0">{text}</span>
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => dismissToast(id)}
            className="grid size-9 shrink-0 place-items-center rounded-full hover:bg-surface/15"
          >
            <Icon name="close" className="size-4" />
          </button>
        </div>
      ))}
    </div>
  )
}
