import { searchFieldId } from '../../app/use-shortcuts.ts'
import { Icon } from '../../ui/icon.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { firstRow } from './row-focus.ts'

/** Narrows the list as one types. Down goes into the list, Enter opens its first, Escape clears. */
export function ConversationSearch({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  return (
    <search className="relative mx-3 mt-1 mb-2 block">
      <span className="pointer-events-none absolute inset-y-0 start-3 grid place-items-center text-ink-faint">
        <Icon name="search" className="size-4" />
      </span>
      <SearchField
        id={searchFieldId}
        label="Search conversations"
        aria-keyshortcuts="Control+K Meta+K /"
        title="Search conversations (Ctrl+K)"
        placeholder="Search"
        query={query}
        onQuery={onQuery}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            firstRow()?.focus()
          } else if (event.key === 'Enter') {
            event.preventDefault()
            firstRow()?.click()
          } else if (event.key === 'Escape') {
            onQuery('')
          }
        }}
        className="h-10 w-full rounded-medium border border-transparent bg-sunken ps-9 pe-3 text-body hover:border-line [&::-webkit-search-cancel-button]:hidden"
      />
    </search>
  )
}
