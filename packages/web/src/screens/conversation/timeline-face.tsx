import type { Timeline } from '@confab/client/timeline'

/** How the history is doing, over the list rather than in it, so that nothing moves when it goes. */
export function TimelineFace({ timeline, onRetry }: { timeline: Timeline; onRetry: () => void }) {
  if (timeline.state === 'failed') {
    return (
      <div role="alert" className={`${pillLook} border-danger/40 text-danger`}>
        <span>Earlier messages can’t be loaded just now.</span>
        <button
          type="button"
          className="min-h-8 font-semibold underline underline-offset-2"
          onClick={onRetry}
        >
          Try again
        </button>
      </div>
    )
  }
  if (timeline.state === 'loading') {
    return (
      <div role="status" className={`${pillLook} border-line text-ink-soft`}>
        <span
          aria-hidden="true"
          className="size-3.5 animate-spin rounded-full border-2 border-line-strong border-t-transparent"
        />
        {timeline.items.length > 0 ? 'Earlier messages…' : 'Loading messages…'}
      </div>
    )
  }
  return null
}

const pillLook =
  'absolute inset-x-0 top-3 z-10 mx-auto flex w-fit animate-fade items-center gap-2.5 rounded-full border bg-raised px-4 py-1.5 text-small shadow-low'
