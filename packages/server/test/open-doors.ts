import type { Domain } from '../src/domain/domain.ts'
import type { Identity } from '../src/ports/identity.ts'

/**
 * What a test builds its domain with that is not about accounts: nobody has set anything, nobody is invited.
 */
export const openDoors: Pick<
  Domain,
  | 'settings'
  | 'invitations'
  | 'reports'
  | 'accountDefaults'
  | 'audit'
  | 'queue'
  | 'mails'
  | 'consents'
  | 'exports'
  | 'blobs'
> = {
  accountDefaults: { signIn: ['code'], signUp: 'open', domains: [], secondFactor: 'optional' },
  audit: {
    append: async () => undefined,
    list: async () => ({ items: [], next: null }),
  },
  consents: {
    of: async () => [],
    give: () => Promise.reject(new Error('nothing is agreed to here')),
    withdraw: async () => false,
    erase: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  },
  mails: { forget: async () => undefined },
  exports: {
    find: async () => undefined,
    begin: () => Promise.reject(new Error('nothing is exported here')),
    change: async () => false,
    forget: async () => undefined,
    expired: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  },
  blobs: {
    put: () => Promise.reject(new Error('nothing is kept here')),
    get: async () => undefined,
    delete: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  },
  queue: {
    add: () => Promise.reject(new Error('no jobs are done here')),
    deadLetters: async () => [],
    retry: async () => false,
    discard: async () => false,
  },
  reports: {
    add: () => Promise.reject(new Error('nobody reports here')),
    find: async () => undefined,
    list: async () => ({ items: [], next: null }),
    settle: async () => false,
    forgetNotes: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  },
  settings: {
    read: async () => undefined,
    write: () => Promise.reject(new Error('nothing is set here')),
    [Symbol.asyncDispose]: async () => undefined,
  },
  invitations: {
    add: () => Promise.reject(new Error('nobody is invited here')),
    list: async () => ({ items: [], next: null }),
    find: async () => undefined,
    take: async () => undefined,
    giveBack: async () => undefined,
    revoke: async () => false,
    [Symbol.asyncDispose]: async () => undefined,
  },
}

/** What a domain asks of an identity besides, where nobody is administered. */
export const noAddresses: Pick<
  Domain['identity'],
  | 'emailsOf'
  | 'findByEmail'
  | 'withSessions'
  | 'endSessions'
  | 'withSecondFactor'
  | 'withTwoFactors'
  | 'removeSecondFactor'
> = {
  emailsOf: async () => new Map(),
  findByEmail: async () => ({ items: [], next: null }),
  withSessions: async () => new Set(),
  endSessions: async () => undefined,
  withSecondFactor: async () => new Set(),
  withTwoFactors: async () => new Set(),
  removeSecondFactor: async () => false,
}

/** The rest of an identity, for one that only says who is who. */
export const noDevices: Pick<
  Identity,
  | 'secondFactorOf'
  | 'userOf'
  | 'account'
  | 'confirm'
  | 'sessions'
  | 'endSession'
  | 'endOtherSessions'
  | 'providers'
  | 'onSignedIn'
  | 'onSignInFailed'
  | 'onCredentialChanged'
  | keyof typeof noAddresses
> = {
  secondFactorOf: async () => undefined,
  ...noAddresses,
  userOf: async () => undefined,
  account: async () => undefined,
  confirm: async () => false,
  sessions: async () => [],
  endSession: async () => false,
  endOtherSessions: async () => undefined,
  providers: [],
  onSignedIn: () => () => undefined,
  onSignInFailed: () => () => undefined,
  onCredentialChanged: () => () => undefined,
}
