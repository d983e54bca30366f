/**
 * Token buckets shared by all nodes. A bucket holds at most `capacity` tokens and gains `perMinute`
 * evenly; one that isn't touched until it is full again is forgotten.
 */
export interface RateLimits extends AsyncDisposable {
  /** Takes tokens if there are enough, or takes none and says how long until there would be. */
  take(key: string, bucket: Bucket, tokens?: number): Promise<Grant>
  /** Puts tokens back that turned out not to be due; never above the capacity. */
  giveBack(key: string, bucket: Bucket, tokens?: number): Promise<void>
  /** What is left of a bucket now, in whole tokens, and how long until it is full. */
  look(key: string, bucket: Bucket): Promise<Standing>

  /**
   * Lets a try begin: not while the key is locked, and not while its failures and the tries under way are as
   * many as lock, so that who asks often at once has no more tries than who asks one after another.
   * A try ends by one of the three that follow; one that doesn't is forgotten after `tryMsMax`.
   */
  beginTry(key: string, lockout: Lockout): Promise<Grant>
  /** Ends a try as a failure. The last one that is allowed within the time locks; while locked none counts. */
  strike(key: string, lockout: Lockout): Promise<Strike>
  /** Ends a try as a success, and forgets the failures of a key that isn't locked. */
  forgive(key: string, lockout: Lockout): Promise<void>
  /** Ends a try that was neither. */
  endTry(key: string, lockout: Lockout): Promise<void>
}

/** Longer than any try takes. What a process that died had under way is in nobody's way from then on. */
export const tryMsMax = 60_000
/** After so long who was refused for tries under way may ask again: most have ended. */
export const tryAgainMs = 1_000

export interface Bucket {
  capacity: number
  perMinute: number
}

/** So many failures within a time lock for another. */
export interface Lockout {
  failures: number
  withinMs: number
  lockMs: number
}

/** `began`: it was this failure that locked. */
export type Strike = { locked: false } | { locked: true; began: boolean; lockedMs: number }

export interface Standing {
  remaining: number
  fullInMs: number
}

export type Grant = { granted: true } | { granted: false; retryAfterMs: number }
