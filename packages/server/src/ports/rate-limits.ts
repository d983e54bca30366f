/**
 * Token buckets shared by all nodes. A bucket holds at most `capacity` tokens and gains `perMinute`
 * evenly; one that isn't touched until it is full again is forgotten.
 */
export interface RateLimits extends AsyncDisposable {
  /** Takes tokens if there are enough, or takes none and says how long until there would be. */
  take(key: string, bucket: Bucket, tokens?: number): Promise<Grant>
  /** Puts tokens back that turned out not to be due; never above the capacity. */
  giveBack(key: string, bucket: Bucket, tokens?: number): Promise<void>
}

export interface Bucket {
  capacity: number
  perMinute: number
}

export type Grant = { granted: true } | { granted: false; retryAfterMs: number }
