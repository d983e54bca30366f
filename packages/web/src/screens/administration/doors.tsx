import { readAccountSettings } from '../../session/administration.ts'
import { serverDoor } from '../../session/invitation-door.ts'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Section } from '../../ui/section.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { InvitationLinks } from '../invitations/invitation-links.tsx'
import { ConsentForm } from './consent-form.tsx'
import { DoorsForm } from './doors-form.tsx'
import { RetentionForm } from './retention-form.tsx'

/** By which ways people come in and who may, and for how long what they write is kept. */
export function Doors() {
  const settings = useFetched(readAccountSettings)
  return (
    <>
      <FetchedFace fetched={settings} />
      {settings.value && <DoorsForm settings={settings.value} />}
      <Section title="Invitations" about="Who has such a link may make an account, unless nobody may.">
        <InvitationLinks door={serverDoor} />
      </Section>
      <RetentionForm />
      <ConsentForm />
    </>
  )
}
