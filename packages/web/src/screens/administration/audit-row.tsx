import type { AuditRecord } from '../../session/moderation.ts'
import { exactTime } from '../../state/times.ts'
import { useUser } from '../../state/use-people.ts'
import { auditWords, factWords } from './audit-words.ts'

export function AuditRow({ record }: { record: AuditRecord }) {
  const { action, at, actorId, targetId, network, detail } = record
  const facts = Object.entries(detail).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${factWords[name] ?? name}: ${factOf(name, value)}`],
  )
  const hasPerson = targetId !== null && targetId !== actorId && isAboutPerson(action)
  return (
    <li className="rounded-medium border border-line px-4 py-3">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-semibold">{auditWords[action] ?? action}</span>
        <time dateTime={at} className="text-ink-faint text-small">
          {exactTime(at)}
        </time>
      </p>
      <p className="break-words text-ink-soft text-small">
        {actorId && (
          <>
            By <Person id={actorId} />
          </>
        )}
        {hasPerson && (
          <>
            {actorId ? ', about ' : 'About '}
            <Person id={targetId} />
          </>
        )}
        {network && (actorId || hasPerson ? ` from ${network}` : `From ${network}`)}
      </p>
      {facts.length > 0 && <p className="break-words text-ink-faint text-small">{facts.join(', ')}</p>}
    </li>
  )
}

const factOf = (name: string, value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (name === 'expiresAt') return exactTime(String(value))
  return name === 'lockMs' ? `${Math.round(Number(value) / 60_000)} minutes` : String(value)
}

/** Other acts are about an invitation, a job, a conversation. */
const isAboutPerson = (action: string): boolean =>
  /^(account|role|sign-in|export|sessions|second-factor)\b/.test(action)

function Person({ id }: { id: string }) {
  const user = useUser(id)
  return <bdi className="font-semibold">{user?.name ?? 'somebody'}</bdi>
}
