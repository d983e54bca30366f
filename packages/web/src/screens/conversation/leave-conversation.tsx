import type { ConversationHandle } from '@confab/client/chat'
import type { Conversation } from '@confab/protocol/conversation'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { TaskError } from '../../ui/task-error.tsx'
import { useTask } from '../../ui/use-task.ts'

interface LeaveProps {
  handle: ConversationHandle
  kind: Conversation['kind']
}

/** Two steps: what one leaves, only others can bring one back to. */
export function LeaveConversation({ handle, kind }: LeaveProps) {
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
