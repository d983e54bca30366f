import type { ReceivedReport } from '@confab/protocol/report'
import { useCallback, useState } from 'react'
import { listReports } from '../../session/moderation.ts'
import { Choice } from '../../ui/choice.tsx'
import { ListRest } from '../../ui/list-rest.tsx'
import { Section } from '../../ui/section.tsx'
import { useList } from '../../ui/use-list.ts'
import { ReportCard } from './report-card.tsx'

const states = [
  { value: 'open', label: 'Open' },
  { value: 'settled', label: 'Settled' },
] as const

export function Reports() {
  const [status, setStatus] = useState<ReceivedReport['status']>('open')
  const list = useList(useCallback(() => listReports(status), [status]))
  return (
    <Section
      title="Reports"
      about="A report shows its message as it stands now. What its writer edited or deleted is nowhere any more."
    >
      <Choice label="Show" value={status} options={states} onChange={setStatus} />
      {list.items?.length === 0 && !list.error && (
        <p className="text-ink-faint">
          {status === 'open' ? 'Nothing waits for you.' : 'None is settled yet.'}
        </p>
      )}
      <ul aria-label="Reports" className="grid grid-cols-1 gap-3 empty:hidden">
        {list.items?.map((report) => (
          <ReportCard key={report.id} report={report} onSettled={list.reload} />
        ))}
      </ul>
      <ListRest list={list} />
    </Section>
  )
}
