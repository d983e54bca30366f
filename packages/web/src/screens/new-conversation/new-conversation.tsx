import type { Conversation } from '@confab/protocol/conversation'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { Choice } from '../../ui/choice.tsx'
import { Page } from '../../ui/page.tsx'
import { NewDirect } from './new-direct.tsx'
import { NewShared } from './new-shared.tsx'

const kinds = [
  { value: 'direct', label: 'One person' },
  { value: 'group', label: 'Group' },
  { value: 'channel', label: 'Channel' },
] as const

export function NewConversation() {
  const chat = useChat()
  const navigate = useNavigate()
  const [kind, setKind] = useState<Conversation['kind']>('direct')
  const create: typeof chat.createConversation = async (input) => {
    const made = await chat.createConversation(input)
    await navigate({ to: '/c/$conversationId', params: { conversationId: made.id } })
    return made
  }
  return (
    <Page title="New conversation">
      <div className="grid gap-6">
        <Choice label="With" value={kind} options={kinds} onChange={setKind} />
        {kind === 'direct' ? (
          <NewDirect onCreate={create} />
        ) : (
          <NewShared key={kind} kind={kind} onCreate={create} />
        )}
        <p className="border-line border-t pt-5 text-ink-soft text-small">
          Looking for something that is open to all?{' '}
          <Link to="/channels" className="font-semibold text-accent underline underline-offset-2">
            Browse public channels
          </Link>
        </p>
      </div>
    </Page>
  )
}
