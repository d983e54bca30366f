import { useCallback, useState } from 'react'
import { listAccounts } from '../../session/moderation.ts'
import { Choice } from '../../ui/choice.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Section } from '../../ui/section.tsx'
import { useList } from '../../ui/use-list.ts'
import { useSettled } from '../../ui/use-settled.ts'
import { AccountRow } from './account-row.tsx'

const kinds = [
  { value: 'all', label: 'Everybody' },
  { value: 'admin', label: 'Administrators' },
  { value: 'suspended', label: 'Suspended' },
] as const
type Kind = (typeof kinds)[number]['value']

export function Accounts() {
  const [query, setQuery] = useState('')
  const [kind, setKind] = useState<Kind>('all')
  const wanted = useSettled(query.trim())
  const list = useList(
    useCallback(
      () =>
        listAccounts({
          query: wanted,
          ...(kind === 'admin' && { role: 'admin' }),
          ...(kind === 'suspended' && { status: 'suspended' }),
        }),
      [wanted, kind],
    ),
  )
  return (
    <Section
      title="Accounts"
      about="Found by name or handle, or by an address from its beginning, with its @."
    >
      <SearchField label="Search accounts" placeholder="Search" query={query} onQuery={setQuery} />
      <Choice label="Show" value={kind} options={kinds} onChange={setKind} />
      {list.items?.length === 0 && !list.error && <p className="text-ink-faint">Nobody fits.</p>}
      <ul aria-label="Accounts" className="grid grid-cols-1 gap-2 empty:hidden">
        {list.items?.map((account) => (
          <AccountRow key={account.id} account={account} onChanged={list.reload} />
        ))}
      </ul>
      <ListRest list={list} />
    </Section>
  )
}
