import { readAccountSettings } from '../../session/administration.ts'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { ConsentForm } from './consent-form.tsx'
import { DoorsForm } from './doors-form.tsx'
import { Invitations } from './invitations.tsx'
import { RetentionForm } from './retention-form.tsx'

/** By which ways people come in and who may, and for how long what they write is kept. */
export function Doors() {
  const settings = useFetched(readAccountSettings)
  return (
    <>
      <FetchedFace fetched={settings} />
      {settings.value && <DoorsForm settings={settings.value} />}
      <Invitations />
      <RetentionForm />
      <ConsentForm />
    </>
  )
}
