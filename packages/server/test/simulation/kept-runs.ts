import type { Run } from './simulate.ts'
import type { Step } from './steps.ts'
import type { Climate } from './world.ts'

/** Runs that failed once, or that show a rule at its smallest, each with what it is about. */
export interface KeptRun extends Run {
  readonly rule: string
  readonly what: string
}

export const calm: Climate = {
  nodes: 1,
  bus: 'memory',
  storeIsFar: false,
  replicas: 0,
  link: { delayMs: 3, disorder: 0, breaks: 0 },
}
export const cluster: Climate = { ...calm, nodes: 2, bus: 'remote', storeIsFar: true }

export const step = (kind: Step['kind'], who: number, where = 0, what = 0): Step => ({
  kind,
  who,
  where,
  what,
})

export const keptRuns: readonly KeptRun[] = [
  {
    rule: 'SIM1',
    what: 'a device whose clock was set back notices that its server died',
    seed: 0,
    climate: calm,
    steps: [step('deviceClock', 0, 0, 3025), step('crashBeforeCommit', 0), step('send', 1)],
  },
  {
    rule: 'SIM1',
    what: 'who was removed and added again holds the conversation whole',
    seed: 1,
    climate: cluster,
    steps: [
      ...[step('send', 0), step('remove', 0, 0, 2), step('send', 0), step('add', 0, 0, 2)],
      ...[step('mention', 2), step('readSome', 3), step('delete', 2)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'what was deleted behind a cursor is not unread, when the server counts',
    seed: 1,
    climate: calm,
    steps: [step('burst', 1, 0, 9), step('delete', 1, 0, 1), step('readSome', 0, 0, 7)],
  },
  {
    rule: 'SIM1',
    what: 'who wrote at once on two devices is told to have read alike on both',
    seed: 3,
    climate: { ...cluster, link: { delayMs: 300, disorder: 0.1, breaks: 0 } },
    steps: [
      ...[step('remove', 1, 2, 19015), step('send', 1, 5, 8142), step('stall', 2, 3, 26309)],
      ...[step('send', 4, 0, 40071), step('crashAfterCommit', 5, 3, 13478), step('delete', 0, 2, 15688)],
      ...[step('delete', 5, 2, 38813), step('react', 0, 5, 47528), step('mention', 5, 1, 11007)],
      ...[step('crash', 2, 5, 868), step('sendAgain', 3, 0, 32842), step('send', 5, 4, 35549)],
      ...[step('sendAgain', 0, 1, 29263), step('rename', 4, 4, 46005), step('leave', 2, 3, 27366)],
      ...[step('busCut', 1, 5, 38626), step('forward', 0, 4, 14536), step('read', 0, 4, 31905)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'all but cursors is alike where two servers’ clocks are an hour apart',
    seed: 18,
    climate: { ...cluster, bus: 'silent', link: { delayMs: 30, disorder: 0, breaks: 0 } },
    steps: [
      ...[step('restart', 2, 0, 25035), step('crashAfterCommit', 3, 4, 32967)],
      ...[step('serverClock', 4, 0, 25242), step('drain', 0, 5, 3936), step('mention', 4, 0, 7896)],
      ...[step('hang', 1, 1, 16783), step('add', 1, 0, 21973), step('drain', 0, 1, 38083)],
      ...[step('remove', 4, 0, 2050), step('send', 3, 5, 28904), step('sendAgain', 3, 4, 46311)],
      ...[step('remove', 0, 3, 41162), step('wait', 0, 1, 18042)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'all is alike where a server’s clock was set back as a receipt was lost',
    seed: -1903195596,
    climate: { ...calm, bus: 'remote', storeIsFar: true, link: { delayMs: 3, disorder: 0.1, breaks: 0 } },
    steps: [
      ...[step('reply', 5, 2), step('burst', 1, 5), step('serverClock', 1, 1, 3), step('earlier', 4, 1)],
      ...[step('hang', 2, 1), step('read', 3, 3), step('crashBeforeCommit', 4, 2), step('profile', 1, 4)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'what a cut bus swallowed before a server’s clock was set ahead is told after it',
    seed: 1007499327,
    climate: { ...calm, bus: 'remote' },
    steps: [step('busCut', 2, 0, 21333), step('profile', 0, 1), step('serverClock', 5, 2)],
  },
  {
    rule: 'SIM1',
    what: 'what changed behind a clock that was set back is told to who was away, once it shows the time again',
    seed: 0,
    climate: calm,
    steps: [
      ...[step('send', 0), step('wait', 0, 0, 4000), step('restart', 2), step('wait', 0, 0, 200)],
      ...[step('outage', 2, 0, 9001), step('serverClock', 0, 0, 3), step('read', 1), step('profile', 4)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'a cursor that is told before who moved it is shown is not lost',
    seed: 1608815075,
    climate: { ...calm, storeIsFar: true },
    steps: [
      ...[step('burst', 3, 2, 10595), step('unreact', 0, 3), step('profile', 3, 4)],
      ...[step('hang', 3, 5), step('add', 2, 5), step('open', 4), step('edit', 1)],
      ...[step('unreact', 4, 1), step('busCut', 3, 5), step('reply', 1, 2), step('diskFull', 0, 3)],
      ...[step('leave', 2, 3), step('unreact', 5, 1), step('add', 2, 1), step('watch', 3, 2)],
      ...[step('cut', 3, 3), step('sendAgain', 1, 4), step('crashAfterCommit', 4, 3)],
      ...[step('add', 2, 4), step('add', 0, 0, 1), step('send', 4, 4)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'an answer read before a setting changed, and come after, does not undo it',
    seed: 1833331515,
    climate: { ...calm, storeIsFar: true },
    steps: [
      ...[step('send', 5, 1), step('mute', 3, 2, 14850), step('send', 2, 3, 10), step('cut', 0, 3, 1)],
      ...[step('mute', 3, 1, 7974), step('mute', 0, 0, 8257), step('mute', 3, 0, 2775)],
      ...[step('mute', 0, 1, 18212), step('mute', 3, 0, 48147), step('send', 5, 3, 2)],
      ...[step('restart', 0, 2, 10), step('cut', 3, 3, 3), step('send', 4, 3, 1)],
      ...[step('mute', 0, 1, 47903), step('burst', 0, 2, 4), step('mute', 0, 1, 17671)],
      ...[step('cut', 0, 0, 10), step('mute', 3, 1, 10557)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'who is on a stream stays on it, though each call comes to any node',
    seed: -1805038627,
    climate: { ...cluster, storeIsFar: false, link: { delayMs: 30, disorder: 0, breaks: 0 } },
    steps: [
      ...[step('remove', 1, 5), step('wait', 4, 4, 32634), step('open', 2, 4)],
      ...[step('forward', 5, 4), step('restore', 4, 5), step('mute', 4, 2), step('send', 4, 5)],
      ...[step('busCut', 1, 4, 5095), step('mute', 2), step('read', 5, 1)],
      ...[step('outage', 4, 1, 32803), step('edit', 1), step('mention', 3, 2), step('edit', 1, 4)],
    ],
  },
  {
    rule: 'SIM2',
    what: 'committed, never acknowledged, sent again after a restart: it is one message',
    seed: 2,
    climate: calm,
    steps: [
      ...[step('crashAfterCommit', 0), step('send', 0), step('restart', 0)],
      ...[step('sendAgain', 0), step('sendAgain', 0)],
    ],
  },
  {
    rule: 'SIM2',
    what: 'a message that was refused to a process which is no more is owed to nobody',
    seed: 0,
    climate: calm,
    steps: [step('hang', 3), step('send', 3, 5), step('restart', 3)],
  },
  {
    rule: 'SIM2',
    what: 'what was acknowledged to a later process than it was promised to is lost with a restored backup too',
    seed: 0,
    climate: calm,
    steps: [
      ...[step('backup', 0), step('hang', 5), step('send', 5), step('restart', 5)],
      ...[step('wait', 0, 0, 3000), step('restore', 0)],
    ],
  },
  {
    rule: 'SIM2',
    what: 'an answer from before a restore that comes after it promises nothing',
    seed: 18,
    climate: { ...calm, link: { delayMs: 300, disorder: 0, breaks: 0 } },
    steps: [
      ...[step('wait', 0, 0, 3000), step('backup', 0), step('send', 0), step('sendAgain', 0, 0, 1)],
      step('restore', 0),
    ],
  },
  {
    rule: 'SIM2',
    what: 'an answer on a stream from before a restore that comes after it promises nothing',
    seed: -468841975,
    climate: { ...calm, bus: 'remote', storeIsFar: true, link: { delayMs: 300, disorder: 0, breaks: 0 } },
    steps: [
      ...[step('hang', 1, 1), step('deviceClock', 4, 3), step('draft', 4, 3), step('delete', 1)],
      ...[step('burst', 3, 5, 1), step('delete', 4), step('crash', 3, 3, 26146)],
      ...[step('sendAgain', 2), step('join', 5, 4), step('react', 3, 3), step('diskFull', 0)],
      ...[step('burst', 1, 2), step('restore', 5, 3), step('read', 2, 5)],
      ...[step('deviceClock', 1, 2), step('busCut', 1, 1), step('rename', 3), step('edit', 1, 2)],
      ...[step('readSome', 1), step('add', 1, 1), step('draft', 1, 1), step('busCut', 2, 4)],
      ...[step('read', 0, 3), step('mute', 2, 4), step('profile', 5, 3), step('hang', 5)],
      ...[step('backup', 2, 3), step('outage', 0, 5), step('restore', 0, 2, 1)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'who only listens answers the server’s pings, and is not closed as silent',
    seed: 0,
    climate: calm,
    steps: [...[step('wait', 0, 0, 9000), step('send', 0)], ...[step('wait', 0, 0, 5480), step('send', 0)]],
  },
  {
    rule: 'SIM3',
    what: 'the times of a log stand still while the server’s clock is behind',
    seed: 3,
    climate: calm,
    steps: [
      step('send', 0),
      step('serverClock', 0, 0, 1),
      step('send', 1),
      step('edit', 1),
      step('leave', 2),
    ],
  },
  {
    rule: 'SIM4',
    what: 'what a cut of the bus swallowed is sent all the same',
    seed: 4,
    climate: cluster,
    steps: [
      step('busCut', 0, 0, 431),
      step('send', 0),
      step('add', 2, 2, 3),
      step('mute', 0),
      step('send', 4),
    ],
  },
  {
    rule: 'SIM4',
    what: 'what is told before the first sync is answered begins no run of events: the answer fills it',
    seed: 1255337095,
    climate: { ...calm, storeIsFar: true },
    steps: [
      ...[step('cut', 0, 2), step('cut', 0, 1, 10), step('restart', 3, 2, 4), step('mute', 3, 3, 13742)],
      ...[step('mute', 3, 3, 44782), step('mute', 0, 3, 38450), step('send', 1, 1, 9)],
      ...[step('burst', 3, 1, 1), step('mute', 3, 0, 7087), step('mute', 0, 3, 11653)],
      ...[step('burst', 0, 1, 4), step('cut', 0, 3, 9), step('mute', 3, 1, 40447)],
      ...[step('mute', 3, 2, 35385), step('mute', 0, 1, 10063), step('send', 0, 1, 3), step('send', 4)],
      ...[step('mute', 0, 1, 42674), step('mute', 3, 3, 45966), step('cut', 0, 1, 1)],
      ...[step('mute', 0, 3, 12951), step('mute', 3, 2, 26025), step('mute', 3, 2, 37214)],
      ...[step('mute', 0, 3, 802), step('mute', 0, 0, 11108), step('mute', 0, 1, 38639)],
      ...[step('burst', 2, 1, 10)],
    ],
  },
  {
    rule: 'SIM4',
    what: 'who leaves and is back before a cut bus tells of either goes on hearing',
    seed: -1904799551,
    climate: { ...calm, bus: 'remote', link: { delayMs: 300, disorder: 0, breaks: 0 } },
    steps: [step('join', 0, 3), step('busCut', 0, 4, 25585), step('leave', 3, 3)],
  },
  {
    rule: 'SIM4',
    what: 'who is removed while the bus is cut, and then added, is told of neither out of order',
    seed: -529206224,
    climate: { ...calm, bus: 'remote' },
    steps: [
      ...[step('send', 3, 4), step('busCut', 3, 3, 33685), step('leave', 4, 4), step('send', 5, 3)],
      ...[step('rename', 3, 3), step('add', 0, 0, 3)],
    ],
  },
  {
    rule: 'SIM4',
    what: 'who is added before their first sync is answered is told so, though the answer was read earlier',
    seed: -676838159,
    climate: { ...cluster, storeIsFar: false, link: { delayMs: 300, disorder: 0, breaks: 0 } },
    steps: [step('add', 5, 2, 3)],
  },
  {
    rule: 'SIM4',
    what: 'a conversation that went with its last member is not looked for, though its last events were lost',
    seed: 0,
    climate: { ...calm, bus: 'silent' },
    steps: [step('leave', 0, 3), step('burst', 4, 3, 10), step('leave', 4, 3)],
  },
  {
    rule: 'SIM4',
    what: 'a sync that comes twice where the bus is cut keeps back no event between its two answers',
    seed: 346159736,
    climate: { ...cluster, link: { delayMs: 3, disorder: 0.1, breaks: 0 } },
    steps: [
      ...[step('busCut', 0, 0, 4582), step('send', 0, 1), step('send', 0), step('send', 0), step('send', 0)],
      ...[step('send', 1), step('send', 0), step('send', 0), step('send', 0), step('send', 1, 1)],
      ...[step('outage', 3), step('sendAgain', 0, 0, 3100), step('crash', 0, 0, 13715), step('send', 0, 1)],
      ...[step('send', 1, 1), step('send', 0), step('send', 0), step('send', 0)],
    ],
  },
  {
    rule: 'SIM5',
    what: 'who was back for a while and has left again is still told of that while',
    seed: 0,
    climate: { ...calm, bus: 'silent' },
    steps: Array.from({ length: 14 }, () => [step('leave', 3, 3), step('join', 0, 3)]).flat(),
  },
  {
    rule: 'SIM5',
    what: 'who is removed while they connect is sent nothing of what follows',
    seed: 5,
    climate: cluster,
    steps: [
      ...[step('cut', 2), step('remove', 0, 0, 2), step('burst', 0, 0, 12)],
      ...[step('edit', 0), step('delete', 0), step('open', 2)],
    ],
  },
  {
    rule: 'SIM5',
    what: 'one’s own cursor is not told once one has left',
    seed: 0,
    climate: calm,
    steps: [step('send', 0), step('leave', 0)],
  },
  {
    rule: 'SIM6',
    what: 'cursors of two devices and a server that dies meanwhile move only forward',
    seed: 6,
    climate: cluster,
    steps: [
      ...[step('burst', 1, 0, 9), step('readSome', 0, 0, 2), step('readSome', 3, 0, 7), step('crash', 0)],
      ...[step('read', 3), step('readSome', 0, 0, 5)],
    ],
  },
  {
    rule: 'SIM6',
    what: 'what somebody has read whose link stands still is told once it goes on',
    seed: -1559811014,
    climate: { ...calm, bus: 'remote' },
    steps: [
      ...[step('stall', 3, 5, 29800), step('diskFull', 1, 1), step('add', 1, 5), step('readSome', 3)],
      step('outage', 2, 3, 1),
    ],
  },
  {
    rule: 'SIM6',
    what: 'what was read out of reach is not forgotten by a copy that begins anew',
    seed: 0,
    climate: calm,
    steps: [step('crashBeforeCommit', 0), step('burst', 2, 1, 20110), step('read', 5, 1)],
  },
  {
    rule: 'SIM7',
    what: 'frames that come twice, late or never are folded once, in order',
    seed: 7,
    climate: { ...cluster, link: { delayMs: 300, disorder: 0.4, breaks: 0.1 } },
    steps: [step('burst', 0, 0, 30), step('edit', 0), step('react', 1), step('send', 2), step('delete', 0)],
  },
  {
    rule: 'SIM7',
    what: 'what is answered to a process that is no more is told to nobody',
    seed: -1824196967,
    climate: { ...cluster, storeIsFar: false, link: { delayMs: 3, disorder: 0, breaks: 0.03 } },
    steps: [
      ...[step('rename', 2, 5), step('profile', 0), step('reply', 1, 1)],
      ...[step('crashBeforeCommit', 0, 4, 1), step('crash', 4, 1, 49992), step('mention', 2, 1)],
      ...[step('wait', 5, 4, 49991), step('send', 5), step('open', 3, 3), step('hang', 2, 1)],
      ...[step('send', 4, 5), step('delete', 2, 1), step('restart', 2, 2)],
    ],
  },
  {
    rule: 'SIM7',
    what: 'a push that is late comes to no process that is no more',
    seed: -1533467616,
    climate: { ...calm, bus: 'remote', link: { delayMs: 300, disorder: 0.1, breaks: 0 } },
    steps: [
      ...[step('send', 3, 1), step('edit', 0), step('read', 0, 3), step('loseDisk', 1), step('react', 0)],
      ...[step('send', 4), step('restart', 0)],
    ],
  },
  {
    rule: 'SIM1',
    what: 'a mention that an edit brought is counted, though the message was read late and a count of before it',
    seed: -989654708,
    climate: { ...calm, bus: 'remote', link: { delayMs: 30, disorder: 0, breaks: 0 } },
    steps: [
      ...[step('edit', 0), step('send', 0, 1), step('send', 1), step('send', 0), step('status', 0)],
      ...[step('edit', 0), step('wait', 0), step('send', 0), step('crashAfterCommit', 0), step('edit', 0)],
      step('burst', 1, 1, 128),
    ],
  },
  {
    rule: 'SIM5',
    what: 'a page that is asked for after a deletion is not of a replica that has not heard of it',
    seed: 6,
    climate: { ...calm, replicas: 1 },
    steps: [step('send', 0, 2), step('send', 0), step('delete', 0, 2), step('page', 0, 2)],
  },
  {
    rule: 'SIM5',
    what: 'a page that is asked for as one leaves, and read after it, is refused',
    seed: -355500646,
    climate: { ...calm, nodes: 2, storeIsFar: true },
    steps: [step('send', 0), step('send', 0), step('leave', 0), step('page', 0)],
  },
]
