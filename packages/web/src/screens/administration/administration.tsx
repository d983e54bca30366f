import { Link, useParams } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { Nothing } from '../../app/nothing.tsx'
import { useMe } from '../../state/use-people.ts'
import { Page } from '../../ui/page.tsx'
import { Accounts } from './accounts.tsx'
import { AuditLog } from './audit-log.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Doors } from './doors.tsx'
import { Reports } from './reports.tsx'

const parts: Readonly<Record<string, { name: string; Part: ComponentType } | undefined>> = {
  accounts: { name: 'Accounts', Part: Accounts },
  reports: { name: 'Reports', Part: Reports },
  audit: { name: 'Audit log', Part: AuditLog },
  mails: { name: 'Undelivered', Part: DeadLetters },
}

/** Who isn't an administrator finds nothing here; the server refuses them too. */
export function Administration() {
  const me = useMe()
  const { part } = useParams({ strict: false })
  if (!me) return null
  const shown = part === undefined ? { Part: Doors } : parts[part]
  if (me.serverRole !== 'admin' || !shown) return <Nothing />
  return (
    <Page title="Administration">
      <nav aria-label="Administration" className="mb-6 flex flex-wrap gap-1 border-line border-b pb-3">
        <Link to="/administration" activeOptions={{ exact: true }} {...tabLook}>
          Doors
        </Link>
        {Object.entries(parts).map(([path, one]) => (
          <Link key={path} to="/administration/$part" params={{ part: path }} {...tabLook}>
            {one?.name}
          </Link>
        ))}
      </nav>
      <div tabIndex={-1} data-part className="outline-none">
        <shown.Part />
      </div>
    </Page>
  )
}

const tabLook = {
  className: 'grid min-h-11 place-items-center rounded-medium px-3 font-semibold',
  activeProps: { className: 'bg-accent-soft text-accent', 'aria-current': 'page' },
  inactiveProps: { className: 'text-ink-soft hover:bg-hover' },
} as const
