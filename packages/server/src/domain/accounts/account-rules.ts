import { digest16 } from '../../lib/hash.ts'
import type { AccountRules } from '../../ports/identity.ts'
import type { Domain } from '../domain.ts'
import { mayInvite } from '../invitations/make-invitation.ts'
import { readAccountSettings } from './account-settings.ts'

/** Which ways in are open and who may sign up, as the accounts ask it at each sign-in. */
export function accountRules(
  domain: Pick<Domain, 'store' | 'settings' | 'accountDefaults' | 'invitations' | 'clock'>,
): AccountRules {
  const { store, invitations, clock } = domain
  const isEmpty = async () => (await store.searchUsers({ query: '', limit: 1 })).items.length === 0

  return {
    async ways() {
      return new Set((await readAccountSettings(domain)).signIn)
    },

    async admits({ email, invitation, spend, again = false }) {
      const { signUp, domains } = await readAccountSettings(domain)
      if (signUp === 'open') return true
      if (signUp === 'domains' && domains.includes(domainOf(email))) return true
      // The first one runs the installation: without them nobody could ever open it.
      if (await isEmpty()) return true
      if (signUp === 'closed' || invitation === undefined) return false
      const token = { tokenHash: digest16(invitation), now: clock.now() }
      const found = await invitations.find({ ...token, usedUp: again })
      if (found?.to !== null || !(await mayInvite(domain, null, found.createdBy))) return false
      return !spend || again || (await invitations.take(token)) !== undefined
    },

    async suspensionOf(userId) {
      const [account] = await store.accountsOf([userId])
      return account?.suspension ?? undefined
    },
  }
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase()
