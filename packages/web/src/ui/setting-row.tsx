import type { ReactNode } from 'react'

interface SettingRowProps {
  title: ReactNode
  detail?: ReactNode
  /** What can be done about it. */
  children?: ReactNode
}

/** One of a list in the settings. */
export function SettingRow({ title, detail, children }: SettingRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-medium border border-line px-4 py-3">
      <div className="min-w-40 grow basis-0">
        <p className="font-semibold">{title}</p>
        {detail && <p className="text-ink-faint text-small">{detail}</p>}
      </div>
      {children}
    </li>
  )
}
