import type { User } from '@confab/protocol/user'
import { PersonLine } from '../../ui/person-line.tsx'

interface MentionListProps {
  id: string
  people: readonly User[]
  active: number
  onTake: (user: User) => void
}

/** Above the composer, which keeps the focus and says by `aria-activedescendant` where the choice is. */
export function MentionList({ id, people, active, onTake }: MentionListProps) {
  if (people.length === 0) return null
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Members to mention"
      className="absolute inset-x-0 bottom-full z-20 mb-1.5 max-w-sm animate-rise rounded-large border border-line bg-raised p-1.5 shadow-high"
    >
      {people.map((user, index) => (
        <button
          key={user.id}
          type="button"
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          // The composer keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(user)}
          className="flex w-full items-center gap-3 rounded-medium px-2.5 py-1.5 text-start hover:bg-hover aria-selected:bg-selected"
        >
          <PersonLine user={user} />
        </button>
      ))}
    </div>
  )
}
