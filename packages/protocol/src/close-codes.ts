/** Why the server closes a socket, and what the client should do then. */
export const closeCode = {
  impossibleFrame: 4400,
  signedOut: 4401,
  originRefused: 4403,
  noSignIn: 4408,
  tooSlow: 4409,
  tooLarge: 4413,
  tooManyCalls: 4429,
  draining: 4503,
} as const

export type AfterClose =
  | { action: 'stop' }
  | { action: 'sign-in' }
  /**
   * At once, but not before `afterMs`, and spread at random over `spreadMs` so that not all come together.
   */
  | { action: 'reconnect'; afterMs: number; spreadMs: number }
  /** Exponential backoff with jitter. */
  | { action: 'back-off' }

/** What a client does after a close. The reason may carry `retry-after-ms=N`. */
export function afterClose(code: number, reason: string): AfterClose {
  switch (code) {
    case closeCode.impossibleFrame:
    case closeCode.tooLarge:
    case 1009:
    case closeCode.originRefused:
      return { action: 'stop' }
    case closeCode.signedOut:
      return { action: 'sign-in' }
    case closeCode.noSignIn:
    case closeCode.tooSlow:
      return { action: 'reconnect', afterMs: 0, spreadMs: 1_000 }
    // A node that drains lets its sockets go one after the other: they are spread already.
    case closeCode.draining:
      return { action: 'reconnect', afterMs: 0, spreadMs: 250 }
    case closeCode.tooManyCalls: {
      const waitMs = /retry-after-ms=(\d+)/.exec(reason)?.[1]
      return waitMs
        ? { action: 'reconnect', afterMs: Number(waitMs), spreadMs: 1_000 }
        : { action: 'back-off' }
    }
    default:
      return { action: 'back-off' }
  }
}
