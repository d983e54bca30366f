import type { UserId } from '@confab/protocol/ids'
import { zipStream } from '../../lib/zip-stream.ts'
import type { Exports } from '../../ports/exports.ts'
import type { Mailer } from '../../ports/mailer.ts'
import { tellNotice } from '../delivery/announce.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'
import { exportAttemptsMax, exportKey } from './ask-export.ts'
import { type ExportSources, exportFiles } from './export-files.ts'
import { exportMail } from './export-mail.ts'

/** A zip lies open to whoever gets into the account: not for longer than it takes to fetch it. */
const keptMs = 3 * 24 * 3_600_000
const notReady = { readyAt: null, expiresAt: null, bytes: null } as const

export type MakingExports = ExportSources &
  Pick<Domain, 'exports' | 'blobs' | 'bus' | 'mails'> & {
    mailer: Pick<Mailer, 'send'>
    publicUrl: string
  }

/**
 * Makes the export that was asked for, and mails its owner. A second run begins anew, or only mails where all
 * but that was done. `signal` cuts it off: a later run has it to do.
 */
export async function makeExport(
  making: MakingExports,
  { userId, id, attempt, signal }: { userId: UserId; id: string; attempt: number; signal: AbortSignal },
): Promise<void> {
  const { exports } = making
  const asked = await exports.find(userId)
  // Erased, or another was asked for.
  if (asked?.id !== id) return
  try {
    if (asked.status !== 'ready') await pack(making, { userId, id, signal })
    await mailReady(making, userId)
  } catch (cause) {
    const isLast = attempt >= exportAttemptsMax
    await change(making, { userId, id }, { status: isLast ? 'failed' : 'waiting', progress: 0, ...notReady })
    throw cause
  }
}

async function pack(
  making: MakingExports,
  { userId, id, signal }: { userId: UserId; id: string; signal: AbortSignal },
): Promise<void> {
  const { blobs, clock } = making
  const of = { userId, id }
  let read = 0
  let told = -1
  const { files, messages } = await exportFiles(making, userId, {
    signal,
    read: async (count) => {
      read += count
      // A hundred steps, however much it is.
      const percent = Math.min(99, Math.floor((100 * read) / Math.max(1, messages)))
      if (percent === told) return
      told = percent
      await change(making, of, { status: 'running', progress: percent / 100, ...notReady })
    },
  })
  const { bytes } = await blobs.put(exportKey(id), zipStream(files))
  const readyAt = clock.now()
  const ready = { status: 'ready', progress: 1, readyAt, expiresAt: readyAt + keptMs, bytes } as const
  const noted = actOf(making, userId, { action: 'export.made', targetId: userId, detail: { bytes } })
  // Whoever was erased meanwhile leaves nothing.
  if (!(await change(making, of, { ...ready, noted }))) await blobs.delete(exportKey(id))
}

/** Notes how far it is and tells its owner; false where it is not wanted any more. */
async function change(
  { exports, bus }: Pick<MakingExports, 'exports' | 'bus'>,
  of: { userId: UserId; id: string },
  state: Parameters<Exports['change']>[1],
): Promise<boolean> {
  const isWanted = await exports.change(of, state)
  const { status, progress } = state
  if (isWanted) tellNotice(bus, of.userId, { code: 'export', status, progress })
  return isWanted
}

async function mailReady(
  { identity, mailer, mails, publicUrl }: MakingExports,
  userId: UserId,
): Promise<void> {
  const to = await identity.emailOf(userId)
  if (to === undefined) return
  await mailer.send(exportMail({ to, publicUrl }))
  // An erasure that is still to come forgets it; one that came since the first line is told of it here.
  if ((await identity.emailOf(userId)) === undefined) await mails.forget(to)
}
