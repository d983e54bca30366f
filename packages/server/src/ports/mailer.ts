/** Sends one mail. Resolves when the next hop has taken it, or keeps it for good; rejects when it has not. */
export interface Mailer extends AsyncDisposable {
  send(mail: Mail): Promise<void>
}

/** Where mails lie: those that were shown, or those that wait. */
export interface KeptMails {
  /** Erases what is kept of the mails to an address. */
  forget(to: string): Promise<void>
}

export interface Mail {
  to: string
  subject: string
  text: string
  html: string
  /** The same at every try, so that whoever gets it twice can tell: the left half of a Message-ID. */
  id?: string | undefined
  /** What it brings is of no use after this time, milliseconds since 1970 UTC. */
  goodUntil?: number | undefined
}

/** What a kind of mail looks like, made of invented data. */
export interface SampleMail {
  /** Of the template: words of a-z and `-`. */
  name: string
  mail: Mail
}

/** The next hop will never take this mail, however often it is tried: its address is unknown, for example. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

/** The mailer of an installation without SMTP: keeps the mails for a page to show. */
export interface PreviewInbox extends Mailer, KeptMails {
  /** Newest first, at most 100; of one address if `to` is given. `sentAt` in milliseconds since 1970 UTC. */
  list(query: { to?: string | undefined }): Promise<(Mail & { sentAt: number })[]>
}
