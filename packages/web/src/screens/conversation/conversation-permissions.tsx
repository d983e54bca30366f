import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation, ConversationPermissions } from '@confab/protocol/conversation'
import { defaultPermissions, mayIn } from '@confab/protocol/permissions'
import { tellFailure } from '../../state/toasts.ts'
import { Choice } from '../../ui/choice.tsx'

const questions: readonly { name: keyof ConversationPermissions; label: string }[] = [
  { name: 'post', label: 'Who may write' },
  { name: 'addMembers', label: 'Who may add people' },
  { name: 'pin', label: 'Who may pin messages' },
  { name: 'mentionAll', label: 'Who may mention everybody (@all)' },
]

const options = [
  { value: 'members', label: 'All members' },
  { value: 'admins', label: 'Admins' },
] as const

interface PermissionsProps {
  handle: ConversationHandle
  info: Conversation
}

/** Who may do what in a group or channel: its admins choose, the others are told. */
export function Permissions({ handle, info }: PermissionsProps) {
  const now = info.permissions ?? defaultPermissions
  const mayChange = mayIn('conversation.change', info)
  return (
    <section aria-label="Permissions" className="border-line border-b p-5">
      <h3 className="mb-3 font-bold">Permissions</h3>
      {mayChange ? (
        <div className="grid gap-4">
          {questions.map(({ name, label }) => (
            <Choice
              key={name}
              label={label}
              value={now[name]}
              options={options}
              onChange={(who) =>
                tellFailure(handle.change({ permissions: { [name]: who } }), 'The permission')
              }
            />
          ))}
        </div>
      ) : (
        <dl className="grid gap-2">
          {questions.map(({ name, label }) => (
            <div key={name} className="flex flex-wrap justify-between gap-x-3">
              <dt className="text-ink-soft">{label}</dt>
              <dd className="font-semibold">{now[name] === 'members' ? 'All members' : 'Admins'}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
