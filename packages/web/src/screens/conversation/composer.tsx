import type { ConversationHandle } from '@confab/client/chat'
import { defaultLimits } from '@confab/protocol/limits'
import { codePoints, isBlank } from '@confab/protocol/text'
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { useDraft } from '../../state/use-draft.ts'
import { Icon } from '../../ui/icon.tsx'
import { currentRow } from '../conversations/row-focus.ts'

const codePointsMax = defaultLimits.textCodePoints
/** The counter shows itself when so few are left. */
const counterFrom = 300
const heightMaxPx = 200

/** Enter sends, Shift+Enter breaks the line; on a touch keyboard Enter breaks it and the button sends. */
export function Composer({ handle }: { handle: ConversationHandle }) {
  const [text, setText] = useDraft(handle.id)
  const field = useRef<HTMLTextAreaElement>(null)
  const hintId = useId()
  const left = codePointsMax - codePoints(text)
  const sendable = !isBlank(text) && left >= 0

  useEffect(() => {
    // A touch keyboard would cover half of the conversation before one has seen it.
    if (!isTouch()) field.current?.focus()
    return () => handle.setTyping(false)
  }, [handle])
  useFittingHeight(field, text)

  const send = () => {
    if (!sendable) return
    // A refusal shows on the message itself, with what can be done.
    handle.send(text).sent.catch(() => undefined)
    handle.setTyping(false)
    setText('')
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing && !isTouch()) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape') {
      currentRow()?.focus()
    }
  }

  return (
    <form
      className="mx-auto w-full max-w-5xl bg-surface px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-5"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="flex items-end gap-1 rounded-large border border-line-strong/70 bg-raised p-1 shadow-low transition-colors duration-(--duration-quick) focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label="Message"
          aria-describedby={hintId}
          placeholder="Write a message"
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            handle.setTyping(event.target.value !== '')
          }}
          onKeyDown={onKeyDown}
          className="min-h-10 min-w-0 grow resize-none bg-transparent px-3 py-2 text-[1rem] leading-6 outline-none focus-visible:outline-none"
        />
        <button
          type="submit"
          aria-label="Send"
          title="Send (Enter)"
          disabled={!sendable}
          className="grid size-10 shrink-0 place-items-center rounded-[0.8rem] bg-accent text-on-accent transition-colors duration-(--duration-quick) hover:bg-accent-hover disabled:bg-sunken disabled:text-ink-faint"
        >
          <Icon name="send" />
        </button>
      </div>
      <p id={hintId} className="px-2 text-end text-micro">
        <span className="sr-only">Enter sends, Shift and Enter breaks the line.</span>
        {left <= counterFrom && (
          <span
            role="status"
            className={`tabular-nums ${left < 0 ? 'font-semibold text-danger' : 'text-ink-faint'}`}
          >
            {left >= 0 ? `${left} left` : `${-left} too many`}
          </span>
        )}
      </p>
    </form>
  )
}

const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches

/** As high as the text, up to a bound. */
function useFittingHeight(field: { current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    element.style.height = 'auto'
    const wanted = text === '' ? element.clientHeight : element.scrollHeight
    element.style.height = `${Math.min(wanted, heightMaxPx)}px`
    element.style.overflowY = wanted > heightMaxPx ? 'auto' : 'hidden'
  }, [field, text])
}
