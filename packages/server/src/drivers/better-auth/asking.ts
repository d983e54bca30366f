import { AsyncLocalStorage } from 'node:async_hooks'
import type { SessionId, UserId } from '@confab/protocol/ids'

/** What belongs to one request and which better-auth hands on to none of its hooks. */
export interface Asking {
  /** Below `/api/auth`. */
  path: string
  peer: string | undefined
  userAgent: string | undefined
  deviceCookie: string | undefined
  signedUpCookie: string | undefined
  /** From the body, once it has been read. */
  email?: string
  password?: string
  /** Of that password: as it was made of it, or as it was found to fit. */
  passwordHash?: string
  /** A new password is to end the other sessions. */
  endOthers?: boolean
  /** Of a second factor. */
  code?: string
  invitation?: string
  /** Somebody signs up: what they come with is no change. */
  isNewUser?: boolean
  /** Sessions that began and did not end again within the request. */
  readonly begun: Map<SessionId, UserId>
  /** Tells what the request changes, to be called once it has: whatever fails after that. */
  tellDone?: () => void
  /** A code could not be mailed. */
  mailFailed: boolean
  /** Work that must not show in the time of the answer. */
  readonly later: (() => Promise<void>)[]
}

const asking = new AsyncLocalStorage<Asking>()

export const whileAsking = <Result>(
  from: Pick<Asking, 'path' | 'peer' | 'userAgent' | 'deviceCookie' | 'signedUpCookie'>,
  run: (asked: Asking) => Promise<Result>,
): Promise<Result> => {
  const asked: Asking = { ...from, begun: new Map(), mailFailed: false, later: [] }
  return asking.run(asked, () => run(asked))
}

/** Undefined outside a request, as in a command. */
export const askedNow = (): Asking | undefined => asking.getStore()
