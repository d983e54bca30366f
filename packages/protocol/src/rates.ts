/**
 * Whose tokens a limit counts: a connection's own, an account's, a mail address's, whoever asks or as one
 * network asks for it, or a network's.
 */
export type RateScope = 'connection' | 'user' | 'email' | 'email-network' | 'network'

/** A token bucket: so many at once, and so many a minute gained evenly. */
export interface Rate {
  scope: RateScope
  burst: number
  perMinute: number
}

/**
 * Every limit on how often something may be done, with its default; the one list of them. An installation may
 * set each (`RATES`), those of messages and reactions by the settings of the contract. Their names are in the
 * headers `RateLimit-Policy` and `RateLimit`.
 */
export const defaultRates = {
  /** Sent and edited. */
  messages: { scope: 'user', burst: 60, perMinute: 60 },
  /** Given and taken back. */
  reactions: { scope: 'user', burst: 30, perMinute: 30 },
  /** What else one writes: members, settings, drafts, pins, deletions. */
  writes: { scope: 'user', burst: 300, perMinute: 600 },
  /** Begun and joined. */
  conversations: { scope: 'user', burst: 100, perMinute: 60 },
  /** Made, looked at and accepted. */
  invitations: { scope: 'user', burst: 30, perMinute: 30 },
  reports: { scope: 'user', burst: 10, perMinute: 5 },
  typing: { scope: 'user', burst: 60, perMinute: 120 },
  /** Read and delivered. */
  cursors: { scope: 'user', burst: 1_000, perMinute: 3_000 },
  /** Set, watched and looked at. */
  presence: { scope: 'user', burst: 300, perMinute: 600 },
  /** Whatever is fetched over REST and is nothing of what follows. */
  reads: { scope: 'user', burst: 600, perMinute: 1_200 },
  /** Syncs and pages of conversations, events and messages. */
  history: { scope: 'user', burst: 600, perMinute: 1_800 },
  /** Of people, channels and messages. */
  search: { scope: 'user', burst: 60, perMinute: 120 },
  uploads: { scope: 'user', burst: 60, perMinute: 60 },
  /** Of one's data, and of the audit log. */
  exports: { scope: 'user', burst: 5, perMinute: 0.1 },
  /** Sockets and streams that a person opens. */
  connections: { scope: 'user', burst: 60, perMinute: 60 },
  /** Of a socket or a stream, of any kind: who exceeds it is closed with 4429. */
  calls: { scope: 'connection', burst: 1_000, perMinute: 60_000 },
  /** Mails with a code or a link that a network asks for. Who gets in from there has theirs given back. */
  mails: { scope: 'email-network', burst: 20, perMinute: 0.5 },
  /** The same from all networks together; nothing is given back, so nobody sees from it who gets in. */
  mailboxes: { scope: 'email', burst: 100, perMinute: 1 },
  /** Tries to sign in, and questions for such mails. */
  'sign-ins': { scope: 'network', burst: 200, perMinute: 100 },
  /** Sockets that a network opens, signed in or not. */
  sockets: { scope: 'network', burst: 3_000, perMinute: 3_000 },
  /** Whatever is asked over HTTP. */
  requests: { scope: 'network', burst: 12_000, perMinute: 30_000 },
} as const satisfies Record<string, Rate>

export type RateName = keyof typeof defaultRates
export type Rates = Readonly<Record<RateName, Rate>>

export const isRateName = (name: string): name is RateName => Object.hasOwn(defaultRates, name)
export const rateNames: readonly RateName[] = Object.keys(defaultRates).filter(isRateName)
