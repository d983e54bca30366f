import type { ClusterLengths } from './cluster/cluster.ts'
import type { ChaosOptions } from './run-chaos.ts'
import type { SoloLengths } from './solo/open-solo.ts'

type Size<Lengths> = Pick<ChaosOptions, 'size' | 'rounds' | 'calmMs'> & { lengths: Lengths }

/** In `npm test`: each fault once. */
export const shortRun: Size<SoloLengths> = {
  size: {
    users: 8,
    groups: 4,
    directs: 3,
    devicesPerUser: 2,
    work: { clients: 'raw', thinkMs: 60, silenceMs: 2_000 },
  },
  lengths: { pause: 800, longPause: 3_000, disk: 500, clock: 800 },
  rounds: 1,
  calmMs: 200,
}

/**
 * About five minutes. The long pause is longer than the server itself bears a client's silence, which it
 * then finds on all its connections at once.
 */
export const fullRun: Size<SoloLengths> = {
  size: {
    users: 20,
    groups: 10,
    directs: 8,
    devicesPerUser: 2,
    work: { clients: 'raw', thinkMs: 250, silenceMs: 6_000 },
  },
  lengths: { pause: 2_000, longPause: 35_000, disk: 3_000, clock: 4_000 },
  rounds: 3,
  calmMs: 3_000,
}

/** Some of a cluster's faults, in `npm test`. */
export const shortClusterRun: Size<ClusterLengths> = {
  size: {
    users: 10,
    groups: 4,
    directs: 3,
    devicesPerUser: 2,
    work: { clients: 'sdk', sendsPerSecond: 20, actsPerSecond: 15 },
  },
  lengths: { pause: 1_000, down: 1_000, cut: 1_000 },
  rounds: 1,
  calmMs: 200,
}

/** 500 devices with the SDK, each fault once: some six minutes. */
export const fullClusterRun = (sendsPerSecond: number): Size<ClusterLengths> => ({
  size: {
    ...{ users: 250, groups: 120, directs: 60, devicesPerUser: 2 },
    work: { clients: 'sdk', sendsPerSecond, actsPerSecond: sendsPerSecond / 2 },
  },
  lengths: { pause: 4_000, down: 4_000, cut: 4_000 },
  rounds: 1,
  calmMs: 2_000,
})
