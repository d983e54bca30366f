import type { ConversationHandle } from '@confab/client/chat'
import { codePoints, isBlank } from '@confab/protocol/text'
import {
  type KeyboardEvent,
  lazy,
  Suspense,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useChat } from '../../state/chat-context.ts'
import { tellFailure } from '../../state/toasts.ts'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { Icon } from '../../ui/icon.tsx'
import { currentRow } from '../conversations/row-focus.ts'
import { CodePointsLeft } from './code-points-left.tsx'
import { ComposerHead } from './composer-head.tsx'
import { ComposerTools, ImportantNote } from './composer-tools.tsx'
import { MentionList } from './mention-list.tsx'
import { complete } from './mentions.ts'
import { composerId, type Writing } from './message-actions.ts'
import { useComposedText } from './use-composed-text.ts'
import { useFittingHeight } from './use-fitting-height.ts'
import { useMentionOffers } from './use-mention-offers.ts'

// Loaded when it is first opened, with the library of dialogs.
const EmojiChoice = lazy(async () => ({ default: (await import('./emoji-choice.tsx')).EmojiChoice }))

interface ComposerProps {
  handle: ConversationHandle
  writing: Writing
  onWriting: (writing: Writing) => void
  /** A new message is on its way. */
  onSent: () => void
}

/**
 * Enter sends, Shift+Enter breaks the line; on a touch keyboard Enter breaks it and the button sends.
 * Escape leaves an edit, a reply or importance; Up in an empty composer edits one's last message; Alt+I
 * makes a new one important.
 */
export function Composer({ handle, writing, onWriting, onSent }: ComposerProps) {
  const me = useMe()
  const codePointsMax = useValue(useChat().limits).textCodePoints
  const [important, setImportant] = useState(false)
  const [choosingEmoji, setChoosingEmoji] = useState(false)
  const [text, setText] = useComposedText(handle, writing)
  const field = useRef<HTMLTextAreaElement>(null)
  const caretDue = useRef<number>(undefined)
  const id = useId()
  const left = codePointsMax - codePoints(text)
  const sendable = !isBlank(text) && left >= 0
  const editing = writing.is === 'edit'
  const offers = useMentionOffers(handle, (begun, user) => {
    const completed = complete(text, begun, user.handle)
    caretDue.current = completed.caret
    setText(completed.text)
  })

  useEffect(() => {
    // A touch keyboard would cover half of the conversation before one has seen it.
    if (!isTouch()) field.current?.focus()
    return () => handle.setTyping(false)
  }, [handle])
  useEffect(() => {
    const element = field.current
    if (writing.is === 'new' || !element) return
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [writing])
  useLayoutEffect(() => {
    if (caretDue.current === undefined || !field.current) return
    field.current.setSelectionRange(caretDue.current, caretDue.current)
    caretDue.current = undefined
  })
  useFittingHeight(field, text)

  const done = () => {
    handle.setTyping(false)
    setImportant(false)
    if (writing.is !== 'new') onWriting({ is: 'new' })
    field.current?.focus()
  }
  const insert = (emoji: string) => {
    const at = field.current?.selectionStart ?? text.length
    caretDue.current = at + emoji.length
    setText(text.slice(0, at) + emoji + text.slice(field.current?.selectionEnd ?? at))
  }
  const closeEmojis = () => {
    setChoosingEmoji(false)
    // Once the dialog has let go of it.
    requestAnimationFrame(() => field.current?.focus())
  }
  const send = () => {
    if (!sendable) return
    if (writing.is === 'edit') {
      const changed = handle.message(writing.seq).get()?.text !== text
      if (changed) tellFailure(handle.edit(writing.seq, text), 'Your edit')
    } else {
      // A refusal shows on the message itself, with what can be done.
      const reply = writing.is === 'reply' && { replyToSeq: writing.seq }
      handle.send({ text, ...reply, ...(important && { priority: 'high' }) }).sent.catch(() => undefined)
      setText('')
      onSent()
    }
    done()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, its keys choose a word.
    if (event.nativeEvent.isComposing || offers.onKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !isTouch()) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape') {
      if (writing.is === 'new' && !important) currentRow()?.focus()
      else done()
    } else if (event.code === 'KeyI' && event.altKey && !event.ctrlKey && !event.metaKey && !editing) {
      event.preventDefault()
      setImportant(!important)
    } else if (event.key === 'ArrowUp' && text === '' && writing.is === 'new') {
      const seq = lastEditable(handle, me?.id)
      if (seq === undefined) return
      event.preventDefault()
      onWriting({ is: 'edit', seq })
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
      {important && !editing && <ImportantNote />}
      {writing.is !== 'new' && <ComposerHead handle={handle} writing={writing} onCancel={done} />}
      <div className="relative flex items-end gap-1 rounded-large border border-line-strong/70 bg-raised p-1 shadow-low transition-colors duration-(--duration-quick) focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25">
        <MentionList id={`${id}-people`} people={offers.people} active={offers.active} onTake={offers.take} />
        <textarea
          ref={field}
          id={composerId}
          rows={1}
          dir="auto"
          aria-label="Message"
          aria-describedby={`${id}-hint`}
          aria-autocomplete="list"
          aria-controls={offers.people.length > 0 ? `${id}-people` : undefined}
          aria-activedescendant={offers.active >= 0 ? `${id}-people-${offers.active}` : undefined}
          placeholder="Write a message"
          value={text}
          onChange={({ target }) => {
            setText(target.value)
            offers.look(target.value, target.selectionStart)
            if (!editing) handle.setTyping(target.value !== '')
          }}
          onKeyDown={onKeyDown}
          className="min-h-10 min-w-0 grow resize-none bg-transparent px-3 py-2 text-[1rem] leading-6 outline-none focus-visible:outline-none"
        />
        {!editing && (
          <ComposerTools
            important={important}
            onImportant={() => {
              setImportant(!important)
              field.current?.focus()
            }}
            onEmoji={() => setChoosingEmoji(true)}
          />
        )}
        <button
          type="submit"
          aria-label={editing ? 'Save' : 'Send'}
          title={editing ? 'Save (Enter)' : 'Send (Enter)'}
          disabled={!sendable}
          className="grid size-10 shrink-0 place-items-center rounded-[0.8rem] bg-accent text-on-accent transition-colors duration-(--duration-quick) hover:bg-accent-hover disabled:bg-sunken disabled:text-ink-faint"
        >
          <Icon name={editing ? 'check' : 'send'} />
        </button>
      </div>
      <p id={`${id}-hint`} className="px-2 text-end text-micro">
        <span className="sr-only">
          Enter sends, Shift and Enter breaks the line. Write @ to mention a member.
        </span>
        <CodePointsLeft left={left} max={codePointsMax} />
      </p>
      <Suspense>
        {choosingEmoji && (
          <EmojiChoice
            title="Insert an emoji"
            onClose={closeEmojis}
            onPick={(emoji) => {
              insert(emoji)
              closeEmojis()
            }}
          />
        )}
      </Suspense>
    </form>
  )
}

const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches

/** One's last message that can be edited, among those that are loaded. */
function lastEditable(handle: ConversationHandle, myId: string | undefined): number | undefined {
  const found = handle.timeline
    .get()
    .items.findLast(
      (item) =>
        item.status === 'sent' &&
        item.message.senderId === myId &&
        !item.message.deletedAt &&
        !item.message.forwardedFrom,
    )
  return found?.status === 'sent' ? found.message.seq : undefined
}
