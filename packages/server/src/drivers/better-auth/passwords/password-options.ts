import type { BetterAuthOptions } from 'better-auth'
import { APIError, createEmailVerificationToken } from 'better-auth/api'
import type { Mail, Mailer } from '../../../ports/mailer.ts'
import { askedNow } from '../asking.ts'
import { confirmMail } from '../confirm-mail.ts'
import { knownAddressMail } from '../known-address-mail.ts'
import { firstName } from '../new-profile.ts'
import { resetMail } from '../reset-mail.ts'
import { type PasswordCost, passwordHash } from './password-hash.ts'
import { passwordChars, passwordMessages, wrongPassword } from './password-rules.ts'

export interface PasswordHooks {
  /** After a new password by a link in a mail. */
  afterReset(userId: string): Promise<void>
  replacePassword(account: { userId: string; password: string }): Promise<void>
}

const resetMinutes = 30
const confirmMinutes = 60

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
  cost,
}: {
  mailer: Pick<Mailer, 'send'>
  publicUrl: string
  secret: string
  hooks: PasswordHooks
  requireAdmitted(email: string, spend: boolean): Promise<void>
  cost: PasswordCost | undefined
}) {
  /** Outside a request nothing waits for the answer, so it is done at once. */
  async function mailLater(makeMail: () => Mail | Promise<Mail>): Promise<void> {
    const send = async () => mailer.send(await makeMail())
    const asked = askedNow()
    if (asked) asked.later.push(send)
    else await send()
  }

  async function confirmationUrl(email: string): Promise<string> {
    const token = await createEmailVerificationToken(secret, email, undefined, confirmMinutes * 60)
    const query = new URLSearchParams({ token, callbackURL: '/' })
    return `${new URL(publicUrl).origin}/api/auth/verify-email?${query}`
  }

  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      // Our own check counts code points, which are fewer than its UTF-16 units.
      minPasswordLength: passwordChars.min,
      maxPasswordLength: passwordChars.max * 2,
      password: passwordHash(cost),
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
        const password = askedNow()?.password
        // Spends an invitation as a free address does, or what is left of it would tell that this one is taken.
        // Whoever comes too late for its last use is answered alike too, and no mail goes out.
        await requireAdmitted(user.email, true)
        await mailLater(async () => {
          if (user.emailVerified || password === undefined)
            return knownAddressMail({ to: user.email, publicUrl })
          // Nobody has proved to own the address: whoever signs up last, and then reads the mail,
          // is believed.
          await hooks.replacePassword({ userId: user.id, password })
          return confirmMail({ to: user.email, url: await confirmationUrl(user.email), publicUrl })
        })
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      autoSignInAfterVerification: false,
      expiresIn: confirmMinutes * 60,
      sendVerificationEmail: ({ user, url }) =>
        mailLater(() => confirmMail({ to: user.email, url, publicUrl })),
    },
  } satisfies BetterAuthOptions
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
