import { useEffect, useState } from 'react'

/** On loopback, without a mail server, the mail lies in the preview inbox. */
export function PreviewInboxHint({ email }: { email: string }) {
  const [local, setLocal] = useState(false)
  // After the first paint: the page is rendered at build, where there is no location.
  useEffect(() => setLocal(/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)), [])
  if (!local) return null
  return (
    <p className="rounded-medium bg-notice-soft px-3.5 py-2.5 text-notice text-small">
      Trying Confab on this machine? The mail waits in the{' '}
      <a
        className="font-semibold underline underline-offset-2"
        href={`/dev/mail?to=${encodeURIComponent(email)}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        preview inbox
      </a>
      .
    </p>
  )
}
