/** Sends one mail. Resolves when the next hop has taken it; rejects when it has not. */
export interface Mailer extends AsyncDisposable {
  send(mail: Mail): Promise<void>
}

export interface Mail {
  to: string
  subject: string
  text: string
  html: string
}

/** The mailer of an installation without SMTP: keeps the mails for a page to show. */
export interface PreviewInbox extends Mailer {
  /** Newest first, at most 100; of one address if `to` is given. `sentAt` in milliseconds since 1970 UTC. */
  list(query: { to?: string | undefined }): Promise<(Mail & { sentAt: number })[]>
}
