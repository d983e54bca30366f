import type { ReactNode, Ref } from 'react'

export function Card({
  label,
  ref,
  children,
}: {
  label: string
  ref?: Ref<HTMLElement>
  children: ReactNode
}) {
  return (
    <section
      ref={ref}
      aria-label={label}
      className="w-full max-w-md justify-self-center rounded-large border border-line bg-raised p-6 shadow-high sm:p-8 lg:justify-self-end"
    >
      {children}
    </section>
  )
}
