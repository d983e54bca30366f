import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import { iconButtonLook } from './icon-button.tsx'

/** A page of the right pane that isn't a conversation: a title, the way back on a phone, one column. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-h-0 grow overflow-y-auto">
      <header className="sticky top-0 z-10 flex min-h-16 items-center gap-1 border-line border-b bg-surface px-2 md:px-6">
        <Link to="/" aria-label="Back to conversations" className={`${iconButtonLook} md:hidden`}>
          <Icon name="back" />
        </Link>
        <h2 className="font-bold text-title">{title}</h2>
      </header>
      <div className="mx-auto w-full max-w-xl px-4 py-6 sm:px-6">{children}</div>
    </div>
  )
}
