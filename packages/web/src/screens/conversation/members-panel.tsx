import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation, Member } from '@confab/protocol/conversation'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useMe } from '../../state/use-people.ts'
import { useValue } from '../../state/use-value.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { PresenceDot } from '../../ui/presence-dot.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { useTask } from '../../ui/use-task.ts'

interface MembersPanelProps {
  handle: ConversationHandle
  info: Conversation
  open: boolean
  onOpenChange: (open: boolean) => void
}

export function MembersPanel({ handle, info, open, onOpenChange }: MembersPanelProps) {
  const me = useMe()
  const members = useValue(handle.members)
  const adding = useTask(async (userId: string) => handle.addMembers([userId]))
  const removing = useTask(async (userId: string) => handle.removeMember(userId))
  const mayRemove = info.me?.role === 'owner' || info.me?.role === 'admin'
  const hidden = info.memberCount - members.length
  return (
    <Sheet title={`Members (${info.memberCount})`} open={open} onOpenChange={onOpenChange}>
      <div className="border-line border-b p-5">
        <PeoplePicker
          label="Add people"
          leftOut={new Set(members.map(({ user }) => user.id))}
          onPick={(user) => void adding.run(user.id)}
        />
        <TaskError error={adding.error ?? removing.error} />
      </div>
      <ul aria-label="Members" className="p-2">
        {members.map((member) => (
          <li key={member.user.id} className="flex items-center gap-3 rounded-medium px-3 py-2">
            <span className="relative shrink-0">
              <Avatar seed={member.user.id} name={member.user.name} size="small" />
              <PresenceDot userId={member.user.id} small />
            </span>
            <span className="min-w-0 grow">
              <span className="block truncate font-semibold">
                <bdi>{member.user.name}</bdi>
                {member.user.id === me?.id && <span className="font-normal text-ink-faint"> (you)</span>}
              </span>
              <span className="block truncate text-ink-faint text-small">@{member.user.handle}</span>
            </span>
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
      <Leave handle={handle} kind={info.kind} />
    </Sheet>
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

/** Two steps: what one leaves, only others can bring one back to. */
function Leave({ handle, kind }: { handle: ConversationHandle; kind: Conversation['kind'] }) {
  const [asked, setAsked] = useState(false)
  const navigate = useNavigate()
  const leaving = useTask(async () => {
    await handle.leave()
    await navigate({ to: '/' })
  })
  return (
    <div className="grid gap-3 border-line border-t p-5">
      {asked ? (
        <>
          <p className="text-ink-soft text-small">
            You won’t see what is written after you leave. Only members can add you again
            {kind === 'channel' ? ', or you join it, if it is public' : ''}.
          </p>
          <div className="flex gap-3">
            <Button look="danger" busy={leaving.busy} onClick={() => void leaving.run()}>
              Leave {kind}
            </Button>
            <Button look="quiet" onClick={() => setAsked(false)}>
              Stay
            </Button>
          </div>
          <TaskError error={leaving.error} />
        </>
      ) : (
        <Button look="quiet" className="justify-self-start" onClick={() => setAsked(true)}>
          Leave this {kind}…
        </Button>
      )}
    </div>
  )
}

function TaskError({ error }: { error: string | undefined }) {
  return error === undefined ? null : (
    <p role="alert" className="mt-2 text-danger text-small">
      {error}
    </p>
  )
}
