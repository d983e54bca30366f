import type { User } from '@confab/protocol/user'
import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react'
import { useChat } from '../state/chat-context.ts'
import { PersonLine } from './person-line.tsx'
import { fieldLook } from './text-field.tsx'
import { useSearch } from './use-search.ts'

interface PeoplePickerProps {
  label: string
  /** Who is not offered any more: members, and those picked already. */
  leftOut: ReadonlySet<string>
  onPick: (user: User) => void
  autoFocus?: boolean
}

/**
 * People by name or handle: type, choose with the arrow keys, Enter. The focus stays in the field, and
 * the list says by `aria-activedescendant` where it is.
 */
export function PeoplePicker({ label, leftOut, onPick, autoFocus = false }: PeoplePickerProps) {
  const chat = useChat()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const found = useSearch(
    query,
    useCallback((wanted: string) => chat.searchUsers(wanted), [chat]),
  )
  const people = 'items' in found ? found.items.filter((user) => !leftOut.has(user.id)) : []
  const at = Math.min(active, people.length - 1)
  useEffect(() => {
    if (autoFocus) field.current?.focus()
  }, [autoFocus])

  const pick = (user: User) => {
    setQuery('')
    setActive(0)
    field.current?.focus()
    onPick(user)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = people[at]
    if (event.key === 'ArrowDown') setActive(Math.min(at + 1, people.length - 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(at - 1, 0))
    // While the answer is on its way the list may still be that of the query before.
    else if (event.key === 'Enter' && chosen && found.is === 'found') pick(chosen)
    else if (event.key !== 'Enter') return
    event.preventDefault()
  }

  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-semibold text-small">
        {label}
      </label>
      <input
        ref={field}
        id={id}
        role="combobox"
        aria-expanded={people.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Name or handle"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
        className={fieldLook}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        className="mt-2 max-h-80 overflow-y-auto empty:hidden"
      >
        {people.map((user, index) => (
          <PersonOption
            key={user.id}
            id={`${id}-${index}`}
            user={user}
            selected={index === at}
            onPick={() => pick(user)}
          />
        ))}
      </div>
      <p role="status" className="px-1 pt-2 text-ink-faint text-small empty:hidden">
        {found.is === 'failed' && found.error}
        {found.is === 'searching' && people.length === 0 && 'Searching…'}
        {found.is === 'found' && people.length === 0 && `Nobody else is called “${query.trim()}” here.`}
      </p>
    </div>
  )
}

interface PersonOptionProps {
  id: string
  user: User
  selected: boolean
  onPick: () => void
}

function PersonOption({ id, user, selected, onPick }: PersonOptionProps) {
  const element = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (selected) element.current?.scrollIntoView({ block: 'nearest' })
  }, [selected])
  return (
    // Not in the tab order: the keyboard's way is the field's.
    <button
      ref={element}
      type="button"
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      onClick={onPick}
      className="flex w-full items-center gap-3 rounded-medium px-3 py-2 text-start hover:bg-hover aria-selected:bg-selected"
    >
      <PersonLine user={user} />
    </button>
  )
}
