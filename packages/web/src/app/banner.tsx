import type { ReactNode } from 'react'

/**
 * A line above everything, read aloud when it comes; its place is there before, as screen readers want it.
 */
export function Banner({ isShown, children }: { isShown: boolean; children: ReactNode }) {
  return (
    <div role="status">
      {isShown && (
        <div className="flex min-h-10 animate-fade items-center justify-center gap-x-3 bg-notice-soft px-4 py-1 text-notice text-small">
          {children}
        </div>
      )}
    </div>
  )
}

export function BannerButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className="min-h-8 shrink-0 rounded-small px-2 font-semibold underline underline-offset-2 hover:bg-notice/10"
      onClick={onClick}
    >
      {children}
    </button>
  )
}
