import { lazy, Suspense, useState } from 'react'
import type { Arrival } from '../../session/arrival.ts'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { SignIn } from './sign-in.tsx'

// Who comes by a link out of a mail, and nobody else.
const ResetPassword = lazy(async () => ({
  default: (await import('../reset-password/reset-password.tsx')).ResetPassword,
}))

interface PublicPageProps {
  /** Nothing while it is rendered at build. */
  arrival?: Arrival
  /** Signed in already, all but the name. */
  asksName?: boolean
  onSignedIn?: () => void
  /** The page for a new password has been left. */
  onReset?: () => void
}

/** What a stranger sees. Rendered into index.html at build; only the sign-in form needs a script. */
export function PublicPage({ arrival, asksName = false, onSignedIn, onReset }: PublicPageProps) {
  const [resetToken, setResetToken] = useState(arrival?.resetToken)
  const [news, setNews] = useState<string>()
  return (
    <div className="flex min-h-dvh flex-col bg-canvas">
      <header className="mx-auto w-full max-w-6xl px-5 pt-6 sm:px-8">
        <Wordmark />
      </header>
      <main className="mx-auto grid w-full max-w-6xl grow items-center gap-10 px-5 py-10 sm:px-8 lg:grid-cols-[1.15fr_1fr] lg:gap-20 lg:py-16">
        <section>
          <h1 className="max-w-[14ch] text-balance font-bold text-display tracking-[-0.025em]">
            Say it once. It arrives.
          </h1>
          <p className="mt-5 max-w-[46ch] text-ink-soft text-title">
            Confab is a chat that you host yourself. A message that shows as sent is stored, appears exactly
            once, and stands in the same order for everybody, whatever breaks in between.
          </p>
          <ul className="mt-9 hidden max-w-lg gap-6 sm:grid">
            {promises.map(({ icon, title, text }) => (
              <li key={title} className="flex gap-4">
                <span className="grid size-10 shrink-0 place-items-center rounded-medium bg-accent-soft text-accent">
                  <Icon name={icon} />
                </span>
                <span>
                  <strong className="block font-semibold">{title}</strong>
                  <span className="text-ink-soft">{text}</span>
                </span>
              </li>
            ))}
          </ul>
        </section>
        {resetToken === undefined ? (
          <SignIn
            {...(onSignedIn && { onSignedIn })}
            error={arrival?.error}
            news={news}
            isInvited={arrival?.isInvited ?? false}
            asksSecondFactor={arrival?.asksSecondFactor ?? false}
            asksName={asksName}
          />
        ) : (
          <Suspense>
            <ResetPassword
              token={resetToken}
              onDone={(said) => {
                setNews(said)
                setResetToken(undefined)
                onReset?.()
              }}
            />
          </Suspense>
        )}
      </main>
      <footer className="mx-auto w-full max-w-6xl px-5 pb-6 text-ink-faint text-small sm:px-8">
        Free software. Your server, your data, every feature.
      </footer>
    </div>
  )
}

const promises: { icon: IconName; title: string; text: string }[] = [
  {
    icon: 'checks',
    title: 'Sent means stored',
    text: 'The tick appears once the message is safe on disk, never before.',
  },
  {
    icon: 'offline',
    title: 'Keep writing on the train',
    text: 'What you write without a network is kept and sent, once, when it is back.',
  },
  {
    icon: 'lock',
    title: 'Yours alone',
    text: 'One command starts it on your own machine. No password to lose: a code by mail lets you in.',
  },
]
