import { type ReactNode, useId } from 'react'

/** One subject of a page of settings. */
export function Section({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-line border-t py-7 first:border-t-0 first:pt-0">
      <h3 id={id} className="font-bold text-title">
        {title}
      </h3>
      {about && <p className="mt-1 text-ink-soft">{about}</p>}
      <div className="mt-4 grid grid-cols-1 gap-4">{children}</div>
    </section>
  )
}
