export const sessionLifeMs = 7 * 24 * 3_600_000
/**
 * A session's end is moved at most this often, so that reading costs no write: its life is exact to the hour.
 */
export const extendAfterMs = 3_600_000
/** How long a key signs JWTs before another one does. */
export const keyLifeMs = 30 * 24 * 3_600_000
