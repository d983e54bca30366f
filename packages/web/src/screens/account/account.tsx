import { ownCredentials } from '../../session/account-settings.ts'
import { useMe } from '../../state/use-people.ts'
import { FetchedFace } from '../../ui/fetched-face.tsx'
import { Page } from '../../ui/page.tsx'
import { useFetched } from '../../ui/use-fetched.ts'
import { BlockedPeople } from './blocked-people.tsx'
import { Devices } from './devices.tsx'
import { EraseAccount } from './erase-account.tsx'
import { GivenConsents } from './given-consents.tsx'
import { OwnData } from './own-data.tsx'
import { Passkeys } from './passkeys.tsx'
import { PasswordSettings } from './password-settings.tsx'
import { SecondFactorSettings } from './second-factor-settings.tsx'

/** What one's account is opened with, where it is open, whom it is closed to, and what is kept of one. */
export function Account() {
  const me = useMe()
  const credentials = useFetched(ownCredentials)
  return (
    <Page title="Account and security">
      <Devices />
      <FetchedFace fetched={credentials} />
      {me && credentials.value && (
        <>
          <PasswordSettings email={me.email} hasPassword={credentials.value.hasPassword} />
          <SecondFactorSettings {...credentials.value} />
        </>
      )}
      <Passkeys />
      <GivenConsents />
      <OwnData />
      {me && <BlockedPeople ids={me.blocks} />}
      {me && credentials.value && (
        <EraseAccount email={me.email} hasPassword={credentials.value.hasPassword} />
      )}
    </Page>
  )
}
