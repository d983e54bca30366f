import { Nothing } from '../../app/nothing.tsx'
import { readAccountSettings } from '../../session/administration.ts'
import { useMe } from '../../state/use-people.ts'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Page } from '../../ui/page.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { DoorsForm } from './doors-form.tsx'
import { Invitations } from './invitations.tsx'
import { RetentionForm } from './retention-form.tsx'

/** Who isn't an administrator finds nothing here; the server refuses them too. */
export function Administration() {
  const me = useMe()
  if (!me) return null
  return me.serverRole === 'admin' ? <ForAdministrators /> : <Nothing />
}

function ForAdministrators() {
  const settings = useFetched(readAccountSettings)
  return (
    <Page title="Administration">
      <FetchedFace fetched={settings} />
      {settings.value && <DoorsForm settings={settings.value} />}
      <Invitations />
      <RetentionForm />
    </Page>
  )
}
