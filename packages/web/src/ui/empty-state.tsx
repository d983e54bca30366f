import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface EmptyStateProps {
  icon: IconName
  title: string
  text: string
  /** The helpful first step. */
  children?: ReactNode
}

export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className="m-auto flex max-w-sm animate-fade flex-col items-center px-6 py-10 text-center">
      <span className="grid size-14 place-items-center rounded-large bg-accent-soft text-accent">
        <Icon name={icon} className="size-7" />
      </span>
      <h2 className="mt-5 text-balance font-bold text-title">{title}</h2>
      <p className="mt-1.5 text-pretty text-ink-soft">{text}</p>
      {children && <div className="mt-6 flex flex-wrap justify-center gap-3">{children}</div>}
    </div>
  )
}
