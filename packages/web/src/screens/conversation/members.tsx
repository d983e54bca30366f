import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation, Member } from '@confab/protocol/conversation'
import { mayIn } from '@confab/protocol/permissions'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { PresenceDot } from '../../ui/presence-dot.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

/** Who is here; who may, adds people and removes them. */
export function Members({ handle, info }: { handle: ConversationHandle; info: Conversation }) {
  const me = useMe()
  const members = useValue(handle.members)
  const adding = useTask(async (userId: string) => handle.addMembers([userId]))
  const removing = useTask(async (userId: string) => handle.removeMember(userId))
  const mayRemove = mayIn('member.remove', info)
  const hidden = info.memberCount - members.length
  return (
    <section aria-label="Members">
      <h3 className="px-5 pt-4 font-bold">Members ({info.memberCount})</h3>
      <div className="border-line border-b p-5 empty:hidden">
        {mayIn('member.add', info) && (
          <PeoplePicker
            label="Add people"
            leftOut={new Set(members.map(({ user }) => user.id))}
            onPick={(user) => void adding.run(user.id)}
          />
        )}
        <TaskError error={adding.error ?? removing.error} />
      </div>
      <ul aria-label="Members" className="p-2">
        {members.map((member) => (
          <li key={member.user.id} className="flex items-center gap-3 rounded-medium px-3 py-2">
            <PersonLine
              user={member.user}
              note={member.user.id === me?.id && '(you)'}
              mark={<PresenceDot userId={member.user.id} small />}
            />
            <RoleMark role={member.role} />
            {mayRemove && member.user.id !== me?.id && member.role !== 'owner' && (
              <IconButton
                icon="close"
                label={`Remove ${member.user.name}`}
                onClick={() => void removing.run(member.user.id)}
              />
            )}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="px-5 pb-3 text-ink-faint text-small">and {hidden} more</p>}
    </section>
  )
}

function RoleMark({ role }: { role: Member['role'] }) {
  if (role === 'member') return null
  return (
    <span className="rounded-full bg-accent-soft px-2 py-0.5 font-semibold text-accent text-micro">
      {role === 'owner' ? 'Owner' : 'Admin'}
    </span>
  )
}
