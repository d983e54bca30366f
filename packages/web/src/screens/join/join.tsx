import type { InvitationTarget } from '@confab/protocol/invitation'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { dropInvitation, keptInvitation } from '../../session/arrival.ts'
import { acceptInvitation, lookAtInvitation } from '../../session/invitations.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { linkButtonLook } from '../../ui/link-button.ts'
import { TaskError } from '../../ui/task-error.tsx'
import { messageOf, useTask } from '../../ui/use-task.ts'

type Seen =
  | { is: 'looking' }
  | { is: 'failed'; why: string }
  | { is: 'seen'; conversation: InvitationTarget['conversation'] }

/** Where an invitation's link leads who is signed in. */
export function Join() {
  const [token] = useState(keptInvitation)
  const [seen, setSeen] = useState<Seen>({ is: 'looking' })
  useEffect(() => {
    if (token === undefined) return
    let isHere = true
    lookAtInvitation(token).then(
      (conversation) => isHere && setSeen({ is: 'seen', conversation }),
      (cause: unknown) => isHere && setSeen({ is: 'failed', why: messageOf(cause) }),
    )
    return () => {
      isHere = false
    }
  }, [token])

  if (token === undefined) return <NoInvitation why="This address bears no invitation." />
  if (seen.is === 'failed') return <NoInvitation why={seen.why} />
  if (seen.is === 'looking') {
    return (
      <p role="status" className="m-auto text-ink-faint">
        Looking at the invitation…
      </p>
    )
  }
  if (seen.conversation === null) {
    return (
      <EmptyState
        icon="people"
        title="You are here"
        text="The invitation was to this server, and you are in."
      >
        <HomeLink />
      </EmptyState>
    )
  }
  return <Invited token={token} conversation={seen.conversation} />
}

interface InvitedProps {
  token: string
  conversation: NonNullable<InvitationTarget['conversation']>
}

function Invited({ token, conversation: { kind, name, topic, memberCount } }: InvitedProps) {
  const navigate = useNavigate()
  const joining = useTask(async () => {
    const conversationId = await acceptInvitation(token)
    dropInvitation()
    await navigate({ to: '/c/$conversationId', params: { conversationId } })
  })
  const count = memberCount === 1 ? '1 member' : `${memberCount} members`
  return (
    <EmptyState
      icon="people"
      title={`You are invited to ${name ?? `a ${kind}`}`}
      text={topic ? `${count} · ${topic}` : count}
    >
      <Button busy={joining.busy} onClick={() => void joining.run()}>
        Join
      </Button>
      <Link
        to="/"
        className="inline-flex min-h-11 items-center px-3 font-semibold text-accent"
        onClick={dropInvitation}
      >
        Not now
      </Link>
      <TaskError error={joining.error} />
    </EmptyState>
  )
}

function NoInvitation({ why }: { why: string }) {
  return (
    <EmptyState icon="compass" title="No invitation here" text={why}>
      <HomeLink />
    </EmptyState>
  )
}

const HomeLink = () => (
  <Link to="/" className={linkButtonLook} onClick={dropInvitation}>
    To your conversations
  </Link>
)
