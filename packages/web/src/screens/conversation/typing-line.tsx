import type { ConversationHandle } from '@confab/client/chat'
import { useUser } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'

/** Keeps its height while nobody types, so that nothing jumps. */
export function TypingLine({ handle }: { handle: ConversationHandle }) {
  const [first, second, ...rest] = useValue(handle.typing)
  return (
    <div
      className="mx-auto flex h-6 w-full max-w-5xl shrink-0 items-center gap-2 bg-surface px-5 text-ink-faint text-small sm:px-7"
      data-typing
    >
      {first && (
        <>
          <span aria-hidden="true" className="flex gap-1">
            {dots.map((delay) => (
              <span key={delay} className={`size-1.5 animate-pulse rounded-full bg-accent ${delay}`} />
            ))}
          </span>
          <span className="truncate">
            {rest.length > 0 ? (
              'Several people are typing…'
            ) : second ? (
              <>
                <Name userId={first} /> and <Name userId={second} /> are typing…
              </>
            ) : (
              <>
                <Name userId={first} /> is typing…
              </>
            )}
          </span>
        </>
      )}
    </div>
  )
}

const dots = ['', '[animation-delay:160ms]', '[animation-delay:320ms]']

function Name({ userId }: { userId: string }) {
  const user = useUser(userId)
  return <bdi>{user?.name ?? 'Somebody'}</bdi>
}
