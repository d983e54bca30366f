import type { ActAnswered, ActTried, FinalLog, History, HistoryRecord, SeenEvent } from './history.ts'

/** The histories, put in order for the rules to look at. */
export interface View {
  histories: readonly History[]
  /** By conversation: its log by seq, as the first final fetch showed it. */
  logs: ReadonlyMap<string, ReadonlyMap<number, SeenEvent>>
  finals: readonly (FinalLog & { client: string })[]
  acts: readonly Act[]
  memberships: ReadonlyMap<string, readonly Membership[]>
}

/** What somebody did, and what was answered if anything was. */
export interface Act extends ActTried {
  client: string
  by: string
  answer: ActAnswered | undefined
}

/** From the `member.joined` to the `member.left`, both included. */
export interface Membership {
  from: number
  to: number
}

export const memberKey = (conversation: string, user: string) => `${conversation} ${user}`
export const messageKey = (conversation: string, seq: number) => `${conversation} ${seq}`

export function viewOf(histories: readonly History[]): View {
  const logs = logsOf(histories)
  return {
    histories,
    logs,
    finals: histories.flatMap(({ client, records }) =>
      records.filter((record) => record.kind === 'final').map((record) => ({ ...record, client })),
    ),
    acts: histories.flatMap(actsOf),
    memberships: membershipsOf(logs),
  }
}

/** All records of these kinds, with whose they are. */
export function* recordsOf<Kind extends HistoryRecord['kind']>(
  { histories }: View,
  ...kinds: Kind[]
): Generator<Extract<HistoryRecord, { kind: Kind }> & { client: string; by: string }> {
  const wanted = (record: HistoryRecord): record is Extract<HistoryRecord, { kind: Kind }> =>
    kinds.some((kind) => kind === record.kind)
  for (const { client, user, records } of histories)
    for (const record of records) if (wanted(record)) yield { ...record, client, by: user }
}

/** Who was a member when an event was appended: the last that they get is their own leaving. */
export const wasMemberAt = (view: View, conversation: string, user: string, seq: number): boolean =>
  (view.memberships.get(memberKey(conversation, user)) ?? []).some(({ from, to }) => from <= seq && seq <= to)

/** Members read the whole log, so whoever was one at an event or later could read it. */
export const couldRead = (view: View, conversation: string, user: string, seq: number): boolean =>
  (view.memberships.get(memberKey(conversation, user)) ?? []).some(({ to }) => to >= seq)

function logsOf(histories: readonly History[]) {
  const logs = new Map<string, Map<number, SeenEvent>>()
  for (const { records } of histories) {
    for (const record of records) {
      if (record.kind === 'final' && !logs.has(record.conversation)) logs.set(record.conversation, new Map())
      if (record.kind !== 'event' || record.via !== 'final') continue
      const log = logs.get(record.conversation)
      if (log && !log.has(record.seq)) log.set(record.seq, record)
    }
  }
  return logs
}

function actsOf({ client, user, records }: History): Act[] {
  const answers = new Map<number, ActAnswered>()
  for (const record of records) if (record.kind === 'acted') answers.set(record.act, record)
  return records
    .filter((record) => record.kind === 'act')
    .map((record) => ({ ...record, client, by: user, answer: answers.get(record.act) }))
}

function membershipsOf(logs: View['logs']) {
  const memberships = new Map<string, Membership[]>()
  for (const [conversation, log] of logs) {
    for (const { seq, type, user } of [...log.values()].sort((one, other) => one.seq - other.seq)) {
      if (user === undefined) continue
      const key = memberKey(conversation, user)
      const all = memberships.get(key) ?? []
      memberships.set(key, all)
      if (type === 'member.joined') all.push({ from: seq, to: Number.POSITIVE_INFINITY })
      const last = all.at(-1)
      if (type === 'member.left' && last) last.to = seq
    }
  }
  return memberships
}
