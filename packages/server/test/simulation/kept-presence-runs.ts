import { calm, cluster, type KeptRun, step } from './kept-runs.ts'

/** Runs that failed once, or that show a rule at its smallest, of who is shown as what to whom. */
export const keptPresenceRuns: readonly KeptRun[] = [
  {
    rule: 'SIM10',
    what: 'a device that is away and connects again leaves busy, which was chosen on another',
    seed: 30,
    climate: { ...calm, bus: 'remote', presence: true, link: { delayMs: 3, disorder: 0.1, breaks: 0 } },
    steps: [step('status', 3, 1, 1), step('status', 0, 4, 2)],
  },
  {
    rule: 'SIM10',
    what: 'who came back while others looked is shown as here to all of them',
    seed: 13,
    climate: {
      ...{ ...cluster, storeIsFar: false, presence: true },
      link: { delayMs: 3, disorder: 0.1, breaks: 0 },
    },
    steps: [
      ...[step('add', 3, 4), step('page', 1, 4), step('burst', 5, 2, 20655), step('sendAgain', 5, 4, 1)],
      ...[step('send', 1, 2), step('loseDisk', 1, 0, 1), step('lookUp', 4)],
    ],
  },
  {
    rule: 'SIM10',
    what: 'who was told to be invisible as the server died is last seen then',
    seed: 954642208,
    climate: { ...calm, storeIsFar: true, replicas: 1, presence: true },
    steps: [
      ...[step('outage', 4), step('send', 5, 1), step('unreact', 3, 4), step('page', 4, 3)],
      ...[step('status', 3, 2, 3), step('crashAfterCommit', 1)],
    ],
  },
  {
    rule: 'SIM10',
    what: 'who asked whom to watch over a stream that the bus did not reach asks again',
    seed: 69976094,
    climate: { ...calm, nodes: 2, presence: true },
    steps: [
      step('outage', 4, 0, 5929),
      ...Array.from({ length: 9 }, () => step('send', 0)),
      ...[step('busCut', 0, 0, 870), step('send', 0), step('send', 0)],
    ],
  },
  {
    rule: 'SIM10',
    what: 'what was told on a stream is not undone by an answer beside it that is older',
    seed: -115681306,
    climate: {
      ...{ ...calm, storeIsFar: true, replicas: 2, presence: true },
      link: { delayMs: 300, disorder: 0, breaks: 0 },
    },
    steps: [step('rename', 5, 3), step('crash', 3, 2, 41387), step('wait', 3, 5, 15309)],
  },
  {
    rule: 'SIM11',
    what: 'who is removed or blocked is shown to those alone with whom they share something still',
    seed: 1,
    climate: { ...cluster, presence: true },
    steps: [
      ...[step('block', 1, 0, 3), step('wait', 0, 0, 3_000), step('status', 1, 0, 2), step('lookUp', 4)],
      ...[step('remove', 0, 0, 3), step('leave', 0, 3), step('wait', 0, 0, 3_000), step('status', 2, 0, 2)],
      ...[step('cut', 4), step('lookUp', 4)],
    ],
  },
  {
    rule: 'SIM11',
    what: 'who is invisible on one device neither types nor receives on another',
    seed: 2,
    climate: { ...cluster, presence: true },
    steps: [
      ...[step('status', 0, 0, 3), step('wait', 0, 0, 3_000), step('send', 2), step('typing', 3, 0, 1)],
      ...[step('cut', 3), step('crash', 0, 0, 1), step('wait', 0, 0, 9_000), step('restart', 0)],
    ],
  },
]
