import type { Finding } from './finding.ts'
import type { History } from './history.ts'
import { type Act, couldRead, memberKey, recordsOf, type View, wasMemberAt } from './view.ts'

/** Nobody is told of what they may not see, and nobody acts where they are no member. */
export function* findLeaks(view: View): Generator<Finding> {
  yield* findPushedToStrangers(view)
  yield* findAnsweredToStrangers(view)
  for (const [conversation, log] of view.logs) {
    for (const { seq, type, actor } of log.values()) {
      if (wasMemberAt(view, conversation, actor, seq)) continue
      yield {
        kind: 'leaked',
        conversation,
        detail: `${type} of seq ${seq} is by ${actor}, who was no member`,
      }
    }
  }
}

function* findPushedToStrangers(view: View): Generator<Finding> {
  for (const { client, user, records } of view.histories) {
    const told = toldBySync(view, user, records)
    // Where this connection has been told that one left, and not that one is back.
    const left = new Set<string>()
    for (const record of records) {
      if (record.kind === 'opened') left.clear()
      if (record.kind === 'conversation') left.delete(`${record.connection} ${record.conversation}`)
      if (record.kind !== 'event' && record.kind !== 'cursor') continue
      if (record.asked !== undefined || (record.kind === 'event' && record.via !== 'push')) continue
      const { conversation } = record
      const here = `${record.connection} ${conversation}`
      if (record.kind === 'event') {
        const isRepeat = record.seq <= (told.get(here) ?? 0)
        if (!isRepeat && !wasMemberAt(view, conversation, user, record.seq)) {
          const detail = `${user} was pushed seq ${record.seq} without being a member`
          yield { kind: 'leaked', conversation, client, detail }
        }
        if (record.user === user && record.type === 'member.left') left.add(here)
        if (record.user === user && record.type === 'member.joined') left.delete(here)
      } else if (left.has(here) || !view.memberships.has(memberKey(conversation, user))) {
        yield { kind: 'leaked', conversation, client, detail: `${user} was pushed a cursor as no member` }
      }
    }
  }
}

/**
 * How far a connection's sync told of each conversation, as to a member. Who comes right after they were
 * added again may find the pushes still on their way to it: these repeat what the sync answers.
 */
function toldBySync(view: View, user: string, records: History['records']): Map<string, number> {
  const told = new Map<string, number>()
  for (const record of records) {
    if (record.kind !== 'synced') continue
    for (const [conversation, head] of Object.entries(record.heads)) {
      const here = `${record.connection} ${conversation}`
      // The first alone, which comes as the connection opens:
      // a later one must not excuse what came before it.
      if (!told.has(here) && wasMemberAt(view, conversation, user, head)) told.set(here, head)
    }
  }
  return told
}

function* findAnsweredToStrangers(view: View): Generator<Finding> {
  const removals = removalsOf(view)
  for (const record of recordsOf(view, 'event', 'message', 'cursor')) {
    const { conversation, client, by, asked, t } = record
    if (asked === undefined) continue
    const seq = record.kind === 'cursor' ? 0 : record.seq
    const isGone = removals.get(memberKey(conversation, by))?.some(({ from, to }) => from < asked && t < to)
    if (couldRead(view, conversation, by, seq) && !isGone) continue
    const what = record.kind === 'cursor' ? 'a cursor' : `seq ${seq}`
    yield { kind: 'leaked', conversation, client, detail: `${by} was answered ${what} as no member` }
  }
}

/** By member: the times from the acknowledgement of a removal to whatever may have brought them back. */
function removalsOf({ acts }: View): Map<string, { from: number; to: number }[]> {
  const back = new Map<string, Act[]>()
  for (const act of acts) {
    if (act.action !== 'add' && act.action !== 'join') continue
    const key = memberKey(act.conversation, act.user ?? act.by)
    back.set(key, [...(back.get(key) ?? []), act])
  }
  const removals = new Map<string, { from: number; to: number }[]>()
  for (const { action, conversation, user, by, t, answer } of acts) {
    if ((action !== 'remove' && action !== 'leave') || !answer) continue
    const key = memberKey(conversation, user ?? by)
    // One that was tried before and not answered by then may have been done after it.
    const returns = (back.get(key) ?? []).filter(
      ({ answer: end }) => (end?.t ?? Number.POSITIVE_INFINITY) > t,
    )
    const to = Math.min(Number.POSITIVE_INFINITY, ...returns.map((act) => act.t))
    removals.set(key, [...(removals.get(key) ?? []), { from: answer.t, to }])
  }
  return removals
}
