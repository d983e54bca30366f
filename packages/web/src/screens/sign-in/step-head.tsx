import type { ReactNode } from 'react'

/** What a step is for, above its form. */
export function StepHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div>
      <h2 className="font-bold text-heading tracking-[-0.015em]">{title}</h2>
      {children && <p className="mt-1 text-ink-soft">{children}</p>}
    </div>
  )
}
