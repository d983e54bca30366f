import type { Clock } from '../../lib/clock.ts'
import type { Listeners } from '../../lib/listeners.ts'
import { networkOf } from '../../lib/network.ts'
import type { FactorRemover, SignedIn, SignInFailed } from '../../ports/identity.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { Asking } from './asking.ts'
import type { openLater } from './held-back.ts'
import type { knownDevices } from './known-devices.ts'
import { newDeviceMail } from './new-device-mail.ts'
import { newPasswordMail } from './new-password-mail.ts'
import { noSecondFactorMail } from './no-second-factor-mail.ts'
import type { SessionTables } from './sessions.ts'
import { serializeCookie, withCookie } from './signed-token.ts'

/** What became of a sign-in, told to who listens, and to its owner by mail where they should look twice. */
export function signInNews({
  tables,
  devices,
  deviceCookie,
  mailer,
  later,
  publicUrl,
  clock,
  signedIn,
  failed,
}: {
  tables: SessionTables
  devices: ReturnType<typeof knownDevices>
  deviceCookie: Parameters<typeof serializeCookie>[0]
  mailer: Pick<Mailer, 'send'>
  later: Pick<ReturnType<typeof openLater>, 'run'>
  publicUrl: string
  clock: Pick<Clock, 'now'>
  signedIn: Listeners<SignedIn>
  failed: Listeners<SignInFailed>
}) {
  /** Tells of a sign-in, and mails the owner of one from a device that they had not used before. */
  async function tellSignedIn(asked: Asking, way: SignedIn['way'], response: Response): Promise<Response> {
    const [begun] = asked.begun
    if (!begun) return response
    const [id, user] = begun
    const { peer, userAgent } = asked
    const at = clock.now()
    const known = asked.deviceCookie ?? crypto.randomUUID()
    const newDevice = await devices.meet(user, { cookie: known, peer, userAgent, at })
    const network = networkOf(peer)
    signedIn.tell({ userId: user, sessionId: id, way, at, network, userAgent, newDevice })
    const email = (await tables.account(user))?.email
    if (newDevice && email !== undefined) {
      later.run(() => mailer.send(newDeviceMail({ to: email, at, network, userAgent, publicUrl })))
    }
    return withCookie(response, serializeCookie(deviceCookie, known))
  }

  async function mailNewPassword(id: string): Promise<void> {
    const to = (await tables.account(id))?.email
    if (to !== undefined) later.run(() => mailer.send(newPasswordMail({ to, at: clock.now(), publicUrl })))
  }

  async function mailNoSecondFactor(id: string, by: FactorRemover): Promise<void> {
    const to = (await tables.account(id))?.email
    if (to === undefined) return
    later.run(() => mailer.send(noSecondFactorMail({ to, by, at: clock.now(), publicUrl })))
  }

  function tellFailed({ peer, userAgent, email }: Asking, way: SignedIn['way']): void {
    failed.tell({ way, at: clock.now(), network: networkOf(peer), userAgent, email })
  }

  return { tellSignedIn, tellFailed, mailNewPassword, mailNoSecondFactor }
}
