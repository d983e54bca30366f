import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { useChat } from '../../state/chat-context.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { linkButtonLook } from '../../ui/link-button.ts'
import { Page } from '../../ui/page.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useSearch } from '../../ui/use-search.ts'
import { useTask } from '../../ui/use-task.ts'
import { ChannelRow } from './channel-row.tsx'

/** Public channels: looked through by all, read by who joins. */
export function Channels() {
  const chat = useChat()
  const navigate = useNavigate()
  const [query, setQuery] = useState('')
  const search = useCallback((wanted: string) => chat.channels(wanted), [chat])
  const found = useSearch(query, search, { emptyAsks: true })
  const joining = useTask(async (id: string) => {
    await chat.join(id)
    await navigate({ to: '/c/$conversationId', params: { conversationId: id } })
  })
  return (
    <Page title="Channels">
      <TextField
        label="Find a channel"
        type="search"
        placeholder="Name or topic"
        autoComplete="off"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        error={joining.error}
      />
      {'items' in found && found.items.length > 0 && (
        <ul aria-label="Public channels" className="mt-5 grid gap-2.5">
          {found.items.map((channel) => (
            <ChannelRow
              key={channel.id}
              channel={channel}
              busy={joining.busy}
              onJoin={() => void joining.run(channel.id)}
            />
          ))}
        </ul>
      )}
      <p role="status" className="mt-5 text-ink-faint text-small empty:hidden">
        {found.is === 'failed' && found.error}
        {found.is === 'searching' && found.items.length === 0 && 'Looking…'}
      </p>
      {found.is === 'found' && found.items.length === 0 && (
        <EmptyState
          icon="hash"
          title={query.trim() === '' ? 'No public channels yet' : 'No such channel'}
          text="A channel is a conversation that everybody on this server can find and join."
        >
          <Link to="/new" className={linkButtonLook}>
            Start one
          </Link>
        </EmptyState>
      )}
    </Page>
  )
}
