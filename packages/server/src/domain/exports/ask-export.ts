import type { DataExport } from '@confab/protocol/data-export'
import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import type { StoredBlob } from '../../ports/blobs.ts'
import type { ExportRecord } from '../../ports/exports.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'

/** Each is a walk through all that there is of a person. */
const restMs = 3_600_000
/**
 * What is under way for so long has failed: its job was lost, or can't be done.
 * Others wait in line before it.
 */
const underWayMsMax = 24 * 3_600_000
/** After so many tries, over some minutes, whatever hinders it needs an administrator. */
export const exportAttemptsMax = 4

type Exporting = Pick<Domain, 'exports' | 'blobs' | 'queue' | 'clock' | 'audit' | 'network' | 'newId'>

export const exportKey = (id: string): string => `exports/${id}.zip`

/** How far the person's latest export is. */
export async function exportState(domain: Exporting, userId: UserId): Promise<DataExport> {
  return toState(await domain.exports.find(userId), domain.clock.now())
}

/**
 * Begins a new export; one that is under way is answered instead.
 * `rate_limited` within an hour of the last one.
 */
export async function askExport(domain: Exporting, userId: UserId): Promise<DataExport> {
  const { exports, blobs, queue, clock, newId } = domain
  const now = clock.now()
  const last = await exports.find(userId)
  if (last && isUnderWay(last, now)) return toState(last, now)
  const retryAfterMs = last ? last.askedAt + restMs - now : 0
  if (retryAfterMs > 0)
    throw new Refusal('rate_limited', { detail: 'There is one export an hour', retryAfterMs })
  const begun = { userId, id: newId(), askedAt: now }
  // First: once the new one has its place, nothing tells of the old zip.
  if (last) await blobs.delete(exportKey(last.id))
  await exports.begin(begun)
  const payload = JSON.stringify({ userId, id: begun.id })
  try {
    const noted = actOf(domain, userId, { action: 'export.asked', targetId: userId })
    await queue.add({ kind: 'export', payload, attemptsMax: exportAttemptsMax, noted })
  } catch (cause) {
    // Nobody would ever make it: it can be asked for at once again.
    await exports.forget(userId, begun.id)
    throw cause
  }
  return toState({ ...begun, ...waiting }, now)
}

const waiting = { status: 'waiting', progress: 0, readyAt: null, expiresAt: null, bytes: null } as const

/**
 * The zip, where one is ready; else how far it is, begun by this question where there was none and it may.
 * `forbidden` where it may not.
 */
export async function fetchExport(
  domain: Exporting,
  userId: UserId,
  { mayBegin }: { mayBegin: boolean },
): Promise<{ zip: StoredBlob } | { state: DataExport }> {
  const { exports, blobs, clock } = domain
  const last = await exports.find(userId)
  if (last && isReady(last, clock.now())) {
    const zip = await blobs.get(exportKey(last.id))
    if (zip) {
      await domain.audit.append(actOf(domain, userId, { action: 'export.fetched', targetId: userId }))
      return { zip }
    }
  }
  if (last && isUnderWay(last, clock.now())) return { state: toState(last, clock.now()) }
  if (!mayBegin) throw new Refusal('forbidden', { detail: 'To begin one, ask by POST from a page that may' })
  return { state: await askExport(domain, userId) }
}

/** Takes away what there is of the person's export; one that is being made finds itself not wanted. */
export async function eraseExport(
  { exports, blobs }: Pick<Domain, 'exports' | 'blobs'>,
  userId: UserId,
): Promise<void> {
  const last = await exports.find(userId)
  if (!last) return
  // Once nothing says its name, whoever finishes what is cut off here doesn't find it.
  await blobs.delete(exportKey(last.id))
  await exports.forget(userId)
  // One that was ready in between.
  await blobs.delete(exportKey(last.id))
}

const isUnderWay = ({ status, askedAt }: ExportRecord, now: number): boolean =>
  (status === 'waiting' || status === 'running') && now < askedAt + underWayMsMax

const isReady = ({ status, expiresAt }: ExportRecord, now: number): boolean =>
  status === 'ready' && expiresAt !== null && now < expiresAt

function toState(record: ExportRecord | undefined, now: number): DataExport {
  const none = {
    status: 'none',
    progress: 0,
    askedAt: null,
    readyAt: null,
    expiresAt: null,
    bytes: null,
  } as const
  if (!record) return { ...none, mayAskAt: null }
  const { askedAt, progress, readyAt, expiresAt, bytes } = record
  const mayAskAt = now < askedAt + restMs ? isoTime(askedAt + restMs) : null
  if (record.status === 'ready' && !isReady(record, now)) return { ...none, mayAskAt }
  const isWell = record.status === 'ready' || isUnderWay(record, now)
  const status = isWell ? record.status : 'failed'
  const times = { readyAt: isoTimeOrNull(readyAt), expiresAt: isoTimeOrNull(expiresAt) }
  return { status, progress, askedAt: isoTime(askedAt), ...times, bytes, mayAskAt }
}
