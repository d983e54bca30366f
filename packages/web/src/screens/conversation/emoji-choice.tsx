import { isEmoji } from '@confab/protocol/emoji'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Modal } from '../../ui/modal.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { asKeyboardsWrite, findEmojis, type NamedEmoji } from './emojis.ts'

interface EmojiChoiceProps {
  title: string
  onPick: (emoji: string) => void
  onClose: () => void
}

/** Type to find by name, or paste any emoji; the arrow keys move over the grid, Enter takes. */
export function EmojiChoice({ title, onPick, onClose }: EmojiChoiceProps) {
  const [query, setQuery] = useState('')
  const grid = useRef<HTMLDivElement>(null)
  const typed = asKeyboardsWrite(query.trim())
  const own = isEmoji(typed) ? [{ name: 'This one', emojis: [{ emoji: typed, name: typed }] }] : undefined
  const groups = own ?? findEmojis(query)
  const first = groups[0]?.emojis[0]
  return (
    <Modal title={title} onClose={onClose}>
      <div className="px-5 pb-2">
        <SearchField
          label="Find an emoji"
          placeholder="Find by name, or paste any emoji"
          query={query}
          onQuery={setQuery}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault()
              cellsOf(grid.current)[0]?.focus()
            } else if (event.key === 'Enter' && query.trim() !== '' && first) {
              event.preventDefault()
              onPick(first.emoji)
            }
          }}
        />
      </div>
      <div ref={grid} className="min-h-48 grow overflow-y-auto px-4 pb-4">
        {groups.map(({ name, emojis }) => (
          <section key={name} aria-label={name}>
            <h3 className="px-1 pt-2 pb-1 font-semibold text-ink-faint text-small">{name}</h3>
            <div className="grid grid-cols-8">
              {emojis.map((one, index) => (
                <Cell
                  key={one.emoji}
                  {...one}
                  tabbable={index === 0}
                  onPick={onPick}
                  onKeyDown={(event) => moveInGrid(event, grid.current)}
                />
              ))}
            </div>
          </section>
        ))}
        {groups.length === 0 && (
          <p role="status" className="px-1 pt-6 text-center text-ink-faint text-small">
            No emoji here is called that. Paste the one you mean.
          </p>
        )}
      </div>
    </Modal>
  )
}

interface CellProps extends NamedEmoji {
  tabbable: boolean
  onPick: (emoji: string) => void
  onKeyDown: (event: KeyboardEvent) => void
}

function Cell({ emoji, name, tabbable, onPick, onKeyDown }: CellProps) {
  return (
    <button
      type="button"
      data-emoji
      aria-label={name}
      title={name}
      tabIndex={tabbable ? 0 : -1}
      onClick={() => onPick(emoji)}
      onKeyDown={onKeyDown}
      className="grid aspect-square place-items-center rounded-medium text-[1.375rem] hover:bg-hover focus-visible:bg-hover"
    >
      {emoji}
    </button>
  )
}

const columns = 8
const cellsOf = (grid: HTMLElement | null): HTMLElement[] => [
  ...(grid?.querySelectorAll<HTMLElement>('[data-emoji]') ?? []),
]

function moveInGrid(event: KeyboardEvent, grid: HTMLElement | null): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
  if (step === undefined || !(event.target instanceof HTMLElement)) return
  const cells = cellsOf(grid)
  event.preventDefault()
  cells[Math.min(Math.max(cells.indexOf(event.target) + step, 0), cells.length - 1)]?.focus()
}
