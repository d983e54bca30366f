import type { ChaosOptions } from './run-chaos.ts'

type Size = Pick<ChaosOptions, 'size' | 'lengths' | 'rounds' | 'calmMs'>

/** In `npm test`: each fault once. */
export const shortRun: Size = {
  size: { users: 8, groups: 4, directs: 3, devicesPerUser: 2, thinkMs: 60, silenceMs: 2_000 },
  lengths: { pause: 800, longPause: 3_000, disk: 500, clock: 800 },
  rounds: 1,
  calmMs: 200,
}

/**
 * About five minutes. The long pause is longer than the server itself bears a client's silence, which it
 * then finds on all its connections at once.
 */
export const fullRun: Size = {
  size: { users: 20, groups: 10, directs: 8, devicesPerUser: 2, thinkMs: 250, silenceMs: 6_000 },
  lengths: { pause: 2_000, longPause: 35_000, disk: 3_000, clock: 4_000 },
  rounds: 3,
  calmMs: 3_000,
}
