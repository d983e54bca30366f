import type { Finding } from './finding.ts'
import type { History, HistoryRecord, Shown, Shows, Wrote } from './history.ts'
import { recordsOf, type View } from './view.ts'

/**
 * What people saw, as against what went over the wire: whatever they wrote was stored or refused, in the
 * order in which they wrote it; each event was shown once and in order, without a hole; and in the end each
 * device shows what the log says.
 */
export function* findShownWrong(view: View): Generator<Finding> {
  yield* findUnanswered(view)
  yield* findWrittenReordered(view)
  for (const history of view.histories) {
    yield* findShownOutOfOrder(history)
    for (const record of history.records)
      if (record.kind === 'shows') yield* findOtherThanLog(view, history.client, record)
  }
}

const messageOf = ({ life, conversation, clientId }: Omit<Wrote, 'kind' | 'content' | 't'>) =>
  `${life} ${conversation} ${clientId}`

function* findUnanswered(view: View): Generator<Finding> {
  const answered = new Set<string>()
  for (const record of recordsOf(view, 'stored', 'unsent')) answered.add(messageOf(record))
  for (const record of recordsOf(view, 'stored')) {
    const { conversation, client, clientId, seq, by } = record
    const stored = view.logs.get(conversation)?.get(seq)
    if (stored?.type === 'message.created' && stored.clientId === clientId && stored.actor === by) continue
    const detail = `${clientId} was shown as stored at seq ${seq}, where the log has ${stored?.type ?? 'nothing'}`
    yield { kind: 'lost', conversation, client, detail }
  }
  for (const record of recordsOf(view, 'wrote')) {
    const { conversation, client, clientId } = record
    if (answered.has(messageOf(record))) continue
    yield { kind: 'lost', conversation, client, detail: `${clientId} was written, and never answered` }
  }
}

/** A device sends what is written in a conversation one after the other, over however many connections. */
function* findWrittenReordered(view: View): Generator<Finding> {
  const seqs = new Map<string, number>()
  for (const record of recordsOf(view, 'stored')) seqs.set(messageOf(record), record.seq)
  const latest = new Map<string, number>()
  for (const record of recordsOf(view, 'wrote')) {
    const { life, conversation, client, clientId } = record
    const seq = seqs.get(messageOf(record))
    if (seq === undefined) continue
    const before = latest.get(`${life} ${conversation}`) ?? 0
    if (seq < before) {
      const detail = `${life}: ${clientId} became seq ${seq}, and what was written before it ${before}`
      yield { kind: 'reordered', conversation, client, detail }
    }
    latest.set(`${life} ${conversation}`, Math.max(before, seq))
  }
}

function* findShownOutOfOrder({ client, records }: History): Generator<Finding> {
  const latest = new Map<string, number>()
  /** Where a copy may have begun anew since what was shown last. */
  const anew = new Set<string>()
  for (const record of records) {
    for (const begun of beginningsIn(record)) anew.add(begun)
    if (record.kind !== 'shown') continue
    const { life, conversation, seq } = record
    const line = `${life} ${conversation}`
    const before = latest.get(line)
    latest.set(line, seq)
    const mayJump = anew.delete(line)
    if (before === undefined || seq === before + 1 || (seq > before && mayJump)) continue
    yield {
      kind: wrongOf(record, before),
      conversation,
      client,
      detail: `${life}: seq ${seq} after ${before}`,
    }
  }
}

const wrongOf = ({ seq }: Shown, before: number) =>
  seq === before ? 'duplicated' : seq < before ? 'reordered' : 'gap'

/**
 * The conversations of a life of which this says that the copy goes, is too old to be mended,
 * or is a new one.
 */
function beginningsIn(record: HistoryRecord): string[] {
  if (record.kind === 'removed') return [`${lifeOf(record.connection)} ${record.conversation}`]
  if (record.kind !== 'synced') return []
  return [...record.reset, ...record.removed].map(
    (conversation) => `${lifeOf(record.connection)} ${conversation}`,
  )
}

const lifeOf = (connection: string) => connection.slice(0, connection.lastIndexOf('.'))

/** A screen shows an unbroken stretch to the end of the log. */
function* findOtherThanLog(view: View, client: string, shows: Shows): Generator<Finding> {
  const { life, conversation, head, messages } = shows
  const log = view.logs.get(conversation)
  if (!log) return
  const end = log.size === 0 ? 0 : Math.max(...log.keys())
  if (head !== end) {
    const detail = `${life} shows all up to seq ${head}, the log ends at ${end}`
    yield { kind: head < end ? 'lost' : 'disagreement', conversation, client, detail }
    return
  }
  const shown = new Map(messages)
  const from = Math.min(...shown.keys())
  for (const [seq, event] of log) {
    if (event.type !== 'message.created' || seq < from) continue
    const text = shown.get(seq)
    if (text === event.content) continue
    const kind = text === undefined ? 'lost' : 'disagreement'
    yield { kind, conversation, client, detail: `${life} shows at seq ${seq} ${text ?? 'nothing'}` }
  }
}
