import type { SampleMail } from '../../ports/mailer.ts'
import { codeMail } from './code-mail.ts'
import { confirmAgainMail } from './confirm-again-mail.ts'
import { confirmMail } from './confirm-mail.ts'
import { knownAddressMail } from './known-address-mail.ts'
import { newDeviceMail } from './new-device-mail.ts'
import { newPasswordMail } from './new-password-mail.ts'
import { noAccountMail } from './no-account-mail.ts'
import { noSecondFactorMail } from './no-second-factor-mail.ts'
import { resetMail } from './reset-mail.ts'

/** The mails about signing in, each made of invented data. */
export function authSampleMails({ to, publicUrl }: { to: string; publicUrl: string }): SampleMail[] {
  const at = Date.UTC(2026, 0, 31, 9, 30)
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  return [
    { name: 'code', mail: codeMail({ to, code: '123456', minutes: 5, publicUrl }) },
    { name: 'confirm', mail: confirmMail({ to, url: `${publicUrl}/confirm-sample`, publicUrl }) },
    { name: 'confirm-again', mail: confirmAgainMail({ to, url: `${publicUrl}/confirm-sample`, publicUrl }) },
    { name: 'known-address', mail: knownAddressMail({ to, publicUrl }) },
    { name: 'new-device', mail: newDeviceMail({ to, at, network: '192.0.2.0/24', userAgent, publicUrl }) },
    { name: 'new-password', mail: newPasswordMail({ to, at, publicUrl }) },
    { name: 'no-account', mail: noAccountMail({ to, publicUrl }) },
    { name: 'no-second-factor', mail: noSecondFactorMail({ to, by: 'administrator', at, publicUrl }) },
    { name: 'reset', mail: resetMail({ to, token: 'sample', minutes: 30, publicUrl }) },
  ]
}
