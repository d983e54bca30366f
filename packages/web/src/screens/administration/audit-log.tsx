import type { User } from '@confab/protocol/user'
import { useCallback, useMemo, useState } from 'react'
import { auditExportUrl, listAudit } from '../../session/moderation.ts'
import { Button } from '../../ui/button.tsx'
import { quietLinkButtonLook } from '../../ui/link-button.ts'
import { ListRest } from '../../ui/list-rest.tsx'
import { PeoplePicker } from '../../ui/people-picker.tsx'
import { PersonLine } from '../../ui/person-line.tsx'
import { Section } from '../../ui/section.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { useList } from '../../ui/use-list.ts'
import { AuditRow } from './audit-row.tsx'
import { auditWords } from './audit-words.ts'

const actions = [
  { value: '', label: 'Everything' },
  ...Object.entries(auditWords).map(([value, label]) => ({ value, label })),
]
const nobody: ReadonlySet<string> = new Set()

export function AuditLog() {
  const [action, setAction] = useState('')
  const [person, setPerson] = useState<User>()
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const filters = useMemo(
    () => ({ action, userId: person?.id, from: startOf(from), until: startOf(until, 1) }),
    [action, person, from, until],
  )
  const list = useList(useCallback(() => listAudit(filters), [filters]))
  return (
    <Section
      title="Audit log"
      about="What happened to the security of this server. A record is kept for a year."
    >
      <SelectField label="What happened" value={action} options={actions} onChange={setAction} />
      {person ? (
        <div className="flex items-center gap-3">
          <PersonLine user={person} />
          <Button look="quiet" onClick={() => setPerson(undefined)}>
            Anybody
          </Button>
        </div>
      ) : (
        <PeoplePicker label="By whom, or to whom" leftOut={nobody} onPick={setPerson} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="From" type="date" value={from} onChange={({ target }) => setFrom(target.value)} />
        <TextField label="To" type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
      </div>
      <a href={auditExportUrl(filters)} download className={`${quietLinkButtonLook} justify-self-start`}>
        Export as a file
      </a>
      {list.items?.length === 0 && !list.error && <p className="text-ink-faint">Nothing of the kind.</p>}
      <ul aria-label="Audit log" className="grid grid-cols-1 gap-2 empty:hidden">
        {list.items?.map((record) => (
          <AuditRow key={record.id} record={record} />
        ))}
      </ul>
      <ListRest list={list} />
    </Section>
  )
}

/** The beginning of a local day, or of one so many days later; undefined where none is chosen. */
function startOf(day: string, later = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const start = new Date(year, month - 1, date + later)
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString()
}
