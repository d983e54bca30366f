import type { BetterAuthOptions } from 'better-auth'
import { APIError, createEmailVerificationToken } from 'better-auth/api'
import { z } from 'zod'
import type { Mail, Mailer } from '../../../ports/mailer.ts'
import { askedNow } from '../asking.ts'
import { confirmAgainMail } from '../confirm-again-mail.ts'
import { confirmMail } from '../confirm-mail.ts'
import { knownAddressMail } from '../known-address-mail.ts'
import { firstName } from '../new-profile.ts'
import { resetMail } from '../reset-mail.ts'
import { type PasswordCost, passwordHash } from './password-hash.ts'
import { passwordChars, passwordMessages, wrongPassword } from './password-rules.ts'
import type { unprovedPasswords } from './unproved-passwords.ts'

export interface PasswordHooks {
  /** After a new password by a link in a mail. */
  afterReset(userId: string): Promise<void>
}

const resetMinutes = 30
const confirmMinutes = 60

/** What better-auth's own token of a link to confirm says besides, of the password that it was mailed for. */
const marked = z.object({ mark: z.string() })

/**
 * What better-auth is told of passwords. Its own answers are alike whether or not an address is taken, as
 * long as an address must be confirmed; every mail is sent beside the answer, so that its time is alike too.
 */
export function passwordOptions({
  mailer,
  publicUrl,
  secret,
  hooks,
  requireAdmitted,
  unproved,
  cost,
}: {
  mailer: Pick<Mailer, 'send'>
  publicUrl: string
  secret: string
  hooks: PasswordHooks
  requireAdmitted(email: string, spend: boolean): Promise<void>
  unproved: ReturnType<typeof unprovedPasswords>
  cost: PasswordCost | undefined
}) {
  const hasher = passwordHash(cost)

  /** Outside a request nothing waits for the answer, so it is done at once. */
  async function mailLater(makeMail: () => Mail | Promise<Mail>): Promise<void> {
    const send = async () => mailer.send(await makeMail())
    const asked = askedNow()
    if (asked) asked.later.push(send)
    else await send()
  }

  /** `hash` is of the password that it confirms. */
  async function confirmationUrl(email: string, hash: string, callbackURL = '/'): Promise<string> {
    const mark = { mark: unproved.markOf(hash) }
    const token = await createEmailVerificationToken(secret, email, undefined, confirmMinutes * 60, mark)
    const query = new URLSearchParams({ token, callbackURL })
    return `${new URL(publicUrl).origin}/api/auth/verify-email?${query}`
  }

  /**
   * What is mailed to an address that signs up again. As long as nobody has proved to own it, whoever signs
   * up last, and then reads the mail, is believed. With the same password every link stays good.
   */
  async function mailOfTaken(
    user: { id: string; email: string },
    chosen: { password: string; hash: string },
  ) {
    const { id: userId, email: to } = user
    const { password, hash } = chosen
    const before = await unproved.hashOf(userId)
    const isSame = before !== undefined && (await hasher.verify({ hash: before, password }))
    if (!isSame && !(await unproved.replace({ userId, hash }))) return knownAddressMail({ to, publicUrl })
    return isSame
      ? confirmMail({ to, url: await confirmationUrl(to, before), publicUrl })
      : confirmAgainMail({ to, url: await confirmationUrl(to, hash), publicUrl })
  }

  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      // Our own check counts code points, which are fewer than its UTF-16 units.
      minPasswordLength: passwordChars.min,
      maxPasswordLength: passwordChars.max * 2,
      password: noted(hasher),
      resetPasswordTokenExpiresIn: resetMinutes * 60,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) =>
        mailLater(() => resetMail({ to: user.email, token, minutes: resetMinutes, publicUrl })),
      // Whoever has the link has the mailbox.
      onPasswordReset: async ({ user }) => hooks.afterReset(user.id),
      // What a free address is answered: of a name that isn't fit as it is, and of a picture, too.
      customSyntheticUser: ({ coreFields, id }) => ({
        ...coreFields,
        id,
        name: firstName({ email: coreFields.email, wanted: coreFields.name }),
        image: null,
      }),
      onExistingUserSignUp: async ({ user }) => {
        const { password, passwordHash: hash } = askedNow() ?? {}
        // Spends an invitation as a free address does, or what is left of it would tell that this one is taken.
        // Whoever comes too late for its last use is answered alike too, and no mail goes out.
        await requireAdmitted(user.email, true)
        await mailLater(async () => {
          if (user.emailVerified || password === undefined || hash === undefined)
            return knownAddressMail({ to: user.email, publicUrl })
          return mailOfTaken(user, { password, hash })
        })
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      expiresIn: confirmMinutes * 60,
      sendVerificationEmail: async ({ user: { id, email: to }, url }) => {
        const hash = askedNow()?.passwordHash ?? (await unproved.hashOf(id))
        if (hash === undefined) return
        const callbackURL = new URL(url).searchParams.get('callbackURL') ?? undefined
        const link = () => confirmationUrl(to, hash, callbackURL)
        await mailLater(async () => confirmMail({ to, url: await link(), publicUrl }))
      },
      // What better-auth does after it changes nothing any more.
      beforeEmailVerification: async ({ id: userId }, request) => {
        const { token, callbackURL } = request ? Object.fromEntries(new URL(request.url).searchParams) : {}
        const said = marked.safeParse(claimsOf(token))
        if (said.success && (await unproved.confirm({ userId, mark: said.data.mark }))) return
        throw outdatedLink(callbackURL)
      },
    },
  } satisfies BetterAuthOptions
}

/** Keeps what was made of the request's password, or fits it: the link that it mails confirms that alone. */
const noted = (hasher: ReturnType<typeof passwordHash>): ReturnType<typeof passwordHash> => {
  const note = (hash: string): void => {
    const asked = askedNow()
    if (asked) asked.passwordHash = hash
  }
  return {
    async hash(password) {
      const hash = await hasher.hash(password)
      note(hash)
      return hash
    },
    async verify({ hash, password }) {
      const isGood = await hasher.verify({ hash, password })
      if (isGood) note(hash)
      return isGood
    },
  }
}

/** Of a token whose signature better-auth has looked at. */
function claimsOf(token: string | undefined): unknown {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString() || '{}')
}

/** As better-auth answers a link that is no longer good, on the page that it leads to where there is one. */
function outdatedLink(callbackURL: string | undefined): APIError {
  const code = 'LINK_OUTDATED'
  if (callbackURL === undefined)
    return new APIError('UNAUTHORIZED', { code, message: 'Somebody signed up with another password since' })
  const location = `${callbackURL}${callbackURL.includes('?') ? '&' : '?'}error=${code}`
  return new APIError('FOUND', undefined, { location })
}

const newPasswordIn: Record<string, string | undefined> = {
  '/sign-up/email': 'password',
  '/reset-password': 'newPassword',
  '/change-password': 'newPassword',
}

/** Refuses a new password that can't be taken, before anything is looked up. */
export async function checkPassword(
  path: string | undefined,
  body: Record<string, unknown> | undefined,
  ownWords: readonly string[],
) {
  const password = body?.[newPasswordIn[path ?? ''] ?? '']
  if (typeof password !== 'string') return
  const email = typeof body?.email === 'string' ? body.email : undefined
  const code = wrongPassword(password, { email, ownWords })
  if (code) throw new APIError('BAD_REQUEST', { code, message: passwordMessages[code] })
}
