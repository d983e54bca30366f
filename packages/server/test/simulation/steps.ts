import { messageSteps } from './message-steps.ts'
import { peopleSteps } from './people-steps.ts'
import type { TakeStep } from './scene.ts'
import { troubleSteps } from './trouble-steps.ts'

/** One thing that happens: who, where and what are numbers, taken modulo what there is. */
export interface Step {
  readonly kind: StepKind
  readonly who: number
  readonly where: number
  readonly what: number
}

export type StepKind = keyof typeof messageSteps | keyof typeof peopleSteps | keyof typeof troubleSteps

export const takeStep: Record<StepKind, TakeStep> = { ...messageSteps, ...peopleSteps, ...troubleSteps }

/** How often each comes up. */
const weights: Record<StepKind, number> = {
  ...{ send: 10, mention: 2, reply: 2, burst: 2, forward: 2, sendAgain: 3 },
  ...{ edit: 5, delete: 4, react: 4, unreact: 3, pin: 2 },
  ...{ read: 4, readSome: 3, typing: 2, open: 3, earlier: 2, page: 8 },
  ...{ leave: 3, remove: 4, add: 6, join: 2, role: 2, create: 1 },
  ...{ rename: 2, profile: 2, mute: 4, draft: 1 },
  ...{ status: 4, watch: 1, unwatch: 1, lookUp: 1, block: 2 },
  ...{ cut: 3, hang: 3, stall: 1, outage: 3, restart: 3, loseDisk: 1, deviceClock: 1 },
  ...{ crash: 3, crashBeforeCommit: 2, crashAfterCommit: 3, diskFull: 2, drain: 1 },
  ...{ busCut: 3, serverClock: 2, backup: 1, restore: 1, wait: 4 },
}

export const stepKinds: readonly StepKind[] = Object.keys(weights)
  .filter((kind): kind is StepKind => kind in weights)
  .flatMap((kind) => Array.from({ length: weights[kind] }, () => kind))
