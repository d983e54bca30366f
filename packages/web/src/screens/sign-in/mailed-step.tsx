import { useEffect, useRef } from 'react'
import { textLinkLook } from '../../ui/text-link-look.ts'
import { PreviewInboxHint } from './preview-inbox-hint.tsx'

/** The same words whether or not there is such an account: only the mail tells. */
export function MailedStep({ email, onBack }: { email: string; onBack: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="grid gap-5">
      <div>
        <h2 ref={heading} tabIndex={-1} className="font-bold text-heading tracking-[-0.015em] outline-none">
          Look in your mail
        </h2>
        <p className="mt-1 text-ink-soft">
          What comes next is in a mail to <strong className="font-semibold text-ink">{email}</strong>. Follow
          its link, then sign in here.
        </p>
      </div>
      <PreviewInboxHint email={email} />
      <button type="button" className={`${textLinkLook} justify-self-start`} onClick={onBack}>
        Back to signing in
      </button>
    </div>
  )
}
