import { Fragment } from 'react'
import type { AuditRecord } from '../../session/moderation.ts'
import { exactTime } from '../../state/times.ts'
import { useUser } from '../../state/use-people.ts'
import { auditWords, factText, kindOfTarget } from './audit-words.ts'
import { ConversationName } from './conversation-name.tsx'
import { ShortId } from './short-id.tsx'

export function AuditRow({ record }: { record: AuditRecord }) {
  const { action, at, detail } = record
  const facts = Object.entries(detail).flatMap(([name, value]) => factText(name, value) ?? [])
  return (
    <li className="rounded-medium border border-line px-4 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-semibold">{auditWords[action] ?? action}</span>
        <time dateTime={at} className="text-ink-faint text-small">
          {exactTime(at)}
        </time>
      </p>
      <p className="break-words text-ink-soft text-small">
        {partsOf(record).map((part, index) => (
          <Fragment key={part.word}>
            {index === 0 ? capitalised(part.word) : `${part.word === 'from' ? '' : ','} ${part.word}`}{' '}
            <Named {...part} />
          </Fragment>
        ))}
      </p>
      {facts.length > 0 && <p className="break-words text-ink-faint text-small">{facts.join(' · ')}</p>}
    </li>
  )
}

interface Part {
  word: string
  is: 'person' | 'conversation' | 'thing' | 'network'
  id: string
}

/** Who, to whom or what, where, and from which network: each with the word before it. */
function partsOf({ action, actorId, targetId, network, detail }: AuditRecord): Part[] {
  const parts: Part[] = []
  if (actorId) parts.push({ word: 'by', is: 'person', id: actorId })
  const kind = kindOfTarget(action)
  const conversationId = kind === 'place' ? targetId : detail.conversationId
  if (targetId !== null && targetId !== actorId) {
    if (kind === 'person') parts.push({ word: 'about', is: 'person', id: targetId })
    else if (kind !== 'place') parts.push({ word: kind, is: 'thing', id: targetId })
  }
  if (typeof conversationId === 'string') parts.push({ word: 'in', is: 'conversation', id: conversationId })
  if (network) parts.push({ word: 'from', is: 'network', id: network })
  return parts
}

function Named({ is, id }: Part) {
  switch (is) {
    case 'person':
      return <Person id={id} />
    case 'conversation':
      return <ConversationName id={id} />
    case 'thing':
      return <ShortId id={id} />
    case 'network':
      return id
  }
}

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`

function Person({ id }: { id: string }) {
  const user = useUser(id)
  return <bdi className="font-semibold">{user?.name ?? 'somebody'}</bdi>
}
