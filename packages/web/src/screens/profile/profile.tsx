import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { leave } from '../../session/leave.ts'
import { chooseTheme, chosenTheme } from '../../session/theme.ts'
import { useChat } from '../../state/chat-context.ts'
import { useMe } from '../../state/use-people.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { quietLinkButtonLook } from '../../ui/link-button.ts'
import { Page } from '../../ui/page.tsx'
import { useTask } from '../../ui/use-task.ts'
import { ProfileForm } from './profile-form.tsx'
import { StatusChoice } from './status-choice.tsx'

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

export function Profile() {
  const me = useMe()
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <Page title="Your profile">
      <div className="mb-8 border-line border-b pb-8">
        <StatusChoice />
      </div>
      {me ? <ProfileForm key={me.id} me={me} /> : <p className="text-ink-faint">Loading…</p>}
      <div className="mt-8 border-line border-t pt-6">
        <Choice
          label="Appearance"
          value={theme}
          options={themes}
          onChange={(chosen) => {
            chooseTheme(chosen)
            setTheme(chosen)
          }}
        />
      </div>
      <div className="mt-8 flex flex-wrap gap-3 border-line border-t pt-6">
        <Link to="/account" className={quietLinkButtonLook}>
          Account and security
        </Link>
        {me?.serverRole === 'admin' && (
          <Link to="/administration" className={quietLinkButtonLook}>
            Administration
          </Link>
        )}
      </div>
      <div className="mt-8 border-line border-t pt-6">
        <SignOut email={me?.email ?? ''} />
      </div>
    </Page>
  )
}

function SignOut({ email }: { email: string }) {
  const chat = useChat()
  const leaving = useTask(() => chat.signOut().then(leave))
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-ink-soft text-small">
        Signed in as <strong className="font-semibold text-ink">{email}</strong>
      </p>
      <Button look="danger" busy={leaving.busy} onClick={() => void leaving.run()}>
        Sign out
      </Button>
      {leaving.error && (
        <p role="alert" className="w-full text-danger text-small">
          {leaving.error}
        </p>
      )}
    </div>
  )
}
