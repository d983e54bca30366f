import type { SignInOptions } from '@confab/protocol/account-settings'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { heldBackBy } from '../../domain/accounts/may-go-on.ts'
import { secondFactorAsked } from '../../domain/accounts/second-factor.ts'
import type { Domain } from '../../domain/domain.ts'
import { domainSampleMails, sampleAddress } from '../../domain/mail/sample-mails.ts'
import type { OnLocked } from '../../domain/security/guess-once.ts'
import { tellLockout } from '../../domain/security/tell-lockout.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Mailer, PreviewInbox, SampleMail } from '../../ports/mailer.ts'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { signedIn } from '../http/signed-in.ts'
import { adminRoutes } from './admin.ts'
import { auditRoutes } from './audit.ts'
import { authRoutes } from './auth.ts'
import { blockRoutes } from './blocks.ts'
import { consentRoutes } from './consents.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import { deviceRoutes } from './devices.ts'
import { exportRoutes } from './exports.ts'
import { mailTemplateRoutes } from './mail-templates.ts'
import { managedAccountRoutes } from './managed-accounts.ts'
import { meRoutes } from './me.ts'
import { previewInboxRoutes } from './preview-inbox.ts'
import { receivedReportRoutes } from './reports.ts'
import { retentionRoutes } from './retention.ts'
import { signInRoutes } from './sign-in.ts'
import { userRoutes } from './users.ts'

export interface AccountsOptions {
  domain: Domain
  identity: Pick<
    Identity,
    | 'handle'
    | 'authenticate'
    | 'secondFactorOf'
    | 'emailOf'
    | 'userOf'
    | 'providers'
    | 'sessions'
    | 'endSession'
    | 'endOtherSessions'
  >
  /** Origins whose pages may write with a cookie. */
  trustedOrigins: readonly string[]
  publicUrl: string
  mailer: Pick<Mailer, 'send'>
  /** Where mail goes to as long as there is no SMTP. */
  inbox?: Pick<PreviewInbox, 'list'> | undefined
  /** Of the mails about signing in, for the page that shows all kinds. */
  samples?: () => readonly SampleMail[]
  /** Of a demo: as whom anybody may sign in. */
  demo?: SignInOptions['demo']
}

/** The role that answers sign-in, people, and the preview inbox. */
export function accountsRole({
  domain,
  identity,
  trustedOrigins,
  publicUrl,
  mailer,
  inbox,
  samples = () => [],
  demo,
}: AccountsOptions): OpenAPIHono<HttpEnv> {
  const door = {
    middleware: signedIn({
      identity,
      trustedOrigins,
      limits: domain.rateLimits,
      heldBack: (session) => heldBackBy(domain, session),
    }),
    security: [{ bearer: [] }, { cookie: [] }],
  }
  const routes = createRoutes()
  const onLocked: OnLocked = (locked) => {
    // Taken now, not when the routes are made: a simulation puts other nodes behind the same routes.
    const { audit, clock, report } = domain
    tellLockout({ identity, audit, mailer, clock, publicUrl }, locked).catch((cause) =>
      report('a lockout was not told', cause),
    )
  }
  routes.route(
    '/',
    authRoutes({
      identity,
      limiter: domain.rateLimits,
      trustedOrigins,
      clock: domain.clock,
      onLocked,
      factorAsked: (session) => secondFactorAsked(domain, session),
    }),
  )
  routes.route('/', meRoutes({ domain, door, onLocked }))
  routes.route('/', consentRoutes({ domain, door }))
  routes.route('/', exportRoutes({ domain, door, trustedOrigins }))
  routes.route('/', blockRoutes({ domain, door }))
  routes.route('/', userRoutes({ domain, door }))
  routes.route('/', signInRoutes({ domain, door, identity, demo }))
  routes.route('/', deviceRoutes({ door, identity }))
  routes.route('/', adminRoutes({ domain, door, publicUrl }))
  routes.route('/', managedAccountRoutes({ domain, door }))
  routes.route('/', receivedReportRoutes({ domain, door }))
  routes.route('/', retentionRoutes({ domain, door }))
  routes.route('/', auditRoutes({ domain, door }))
  routes.route('/', deadLetterRoutes({ domain, door }))
  if (inbox) {
    const all = () => [...samples(), ...domainSampleMails({ to: sampleAddress, publicUrl })]
    routes.route('/', previewInboxRoutes({ inbox, publicUrl }))
    routes.route('/', mailTemplateRoutes({ samples: all, publicUrl }))
  }
  return routes
}
