import type { Limiter } from '../../domain/limits/limiter.ts'
import { type Guessed, guessOnce, type OnLocked } from '../../domain/security/guess-once.ts'
import { limitedNetwork } from '../../lib/network.ts'
import type { Identity } from '../../ports/identity.ts'
import { isMalformedTry } from '../../ports/malformed-try.ts'
import { type Counted, countedPaths } from './counted-paths.ts'

/** A question to the identity, as far as it is counted. */
export interface Asked {
  path: string
  headers: Headers
  /** Of the body, in lower case. */
  email: string | undefined
  /** Where it came from. */
  address: string | undefined
}

/** Counts what is asked of the identity, and its failures towards the lock of the account that is tried. */
export function countTries({
  identity,
  limiter,
  onLocked,
}: {
  identity: Pick<Identity, 'authenticate' | 'emailOf' | 'secondFactorOf'>
  limiter: Limiter
  onLocked: OnLocked
}): (asked: Asked, handle: () => Promise<Response>) => Promise<Response> {
  /** The address of the account that is tried, whether or not there is one. */
  async function accountOf(what: Counted, { email, headers }: Asked): Promise<string | undefined> {
    if (what === 'try') return email
    const user =
      what === 'second-factor'
        ? await identity.secondFactorOf(headers)
        : (await identity.authenticate(headers))?.userId
    return user && identity.emailOf(user)
  }

  return async (asked, handle) => {
    const what = countedPaths[asked.path]
    if (!what) return handle()
    await limiter.take('sign-ins', asked.address)
    if (what === 'mail') await takeMail(limiter, asked)
    if (what === 'mail' || what === 'guess') return handle()
    const email = await accountOf(what, asked)
    if (email === undefined) return handle()
    return guessOnce({ limiter, onLocked }, { email, address: asked.address }, async () => {
      const answer = await handle()
      const was = await becameOf(what, answer)
      if (was === 'right') await limiter.giveBack('mails', askerOf({ ...asked, email }))
      return { was, answer }
    })
  }
}

/** By network first: who has had theirs leaves the mailbox to others. */
async function takeMail(limiter: Limiter, asked: Asked): Promise<void> {
  await limiter.take('mails', askerOf(asked))
  await limiter.take('mailboxes', asked.email)
}

/** A mail address as one network asks for it. */
const askerOf = ({ email, address }: Pick<Asked, 'email' | 'address'>): string | undefined =>
  email && `${email} from ${address === undefined ? 'nowhere' : limitedNetwork(address)}`

async function becameOf(what: Counted, response: Response): Promise<Guessed<Response>['was']> {
  if (await isFailure(what, response)) return 'wrong'
  const gotIn = response.ok && what !== 'own-password' && !(await asksForMore(response))
  return gotIn ? 'right' : 'neither'
}

/** Of one's own password only that one is a failure: a new one that is too short is none. */
async function isFailure(what: Counted, response: Response): Promise<boolean> {
  if (what === 'own-password')
    return response.status === 400 && (await wordIn(response)) === 'INVALID_PASSWORD'
  // Who is suspended has shown the right word, and is to be told so again.
  if (response.status === 403) return (await wordIn(response)) !== 'ACCOUNT_SUSPENDED'
  return response.status === 401 || (response.status === 400 && !(await isMalformedTry(response)))
}

async function wordIn(response: Response): Promise<string | undefined> {
  const { code } = await response.clone().json()
  return code
}

/** The right first factor of who has a second: nothing is forgiven before that has come. */
async function asksForMore(response: Response): Promise<boolean> {
  const { twoFactorRedirect } = await response.clone().json()
  return twoFactorRedirect === true
}
