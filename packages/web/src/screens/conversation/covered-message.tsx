import { coveredWords } from '../../state/blocked-words.ts'

/** Stands for what somebody writes whom one has blocked, in a group where others answer it. */
export function CoveredMessage({ onShow }: { onShow: () => void }) {
  return (
    <div
      data-covered
      className="flex min-w-0 flex-wrap items-center gap-x-3 rounded-bubble border border-line border-dashed px-3.5 py-1 text-ink-faint text-small group-focus-visible/message:outline-2 group-focus-visible/message:outline-focus group-focus-visible/message:outline-offset-2"
    >
      <span className="italic">{coveredWords}</span>
      <button
        type="button"
        className="min-h-8 font-semibold text-ink-soft underline underline-offset-2"
        onClick={({ currentTarget }) => {
          // The button goes: the focus stays with its message.
          currentTarget.closest<HTMLElement>('article')?.focus({ preventScroll: true })
          onShow()
        }}
      >
        Show
      </button>
    </div>
  )
}
