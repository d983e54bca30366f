import { join } from 'node:path'
import type { Logger } from '../lib/log.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Consents } from '../ports/consents.ts'
import type { Exports } from '../ports/exports.ts'
import type { Invitations } from '../ports/invitations.ts'
import type { PreviewInbox } from '../ports/mailer.ts'
import type { Reports } from '../ports/reports.ts'
import type { Settings } from '../ports/settings.ts'
import type { Engine, EngineSettings } from './engine.ts'

/** What is kept beside the conversations: in tables of the engine's, and files in the data folder. */
export interface Records {
  /** Undefined where mails go to people. */
  inbox: PreviewInbox | undefined
  settings: Settings
  invitations: Invitations
  reports: Reports
  audit: AuditLog
  exports: Exports
  consents: Consents
  blobs: Blobs
}

/** The tables are there by now. What it opens is closed with the stack. */
export async function openRecords(
  {
    config,
    statements,
    clock,
    log,
    report,
  }: Omit<EngineSettings, 'company' | 'anew'> & Pick<Engine, 'statements'> & { log: Logger },
  stack: AsyncDisposableStack,
): Promise<Records> {
  const { openPreviewInbox } = await import('../drivers/sql/preview-inbox.ts')
  const { openSettings } = await import('../drivers/sql/settings.ts')
  const { openInvitations } = await import('../drivers/sql/invitations.ts')
  const { openReports } = await import('../drivers/sql/reports.ts')
  const { openTextSeal } = await import('../drivers/sql/text-seal.ts')
  const { openAuditLog } = await import('../drivers/sql/audit-log.ts')
  const { openExports } = await import('../drivers/sql/exports.ts')
  const { openConsents } = await import('../drivers/sql/consents.ts')
  const { openFolderBlobs } = await import('../drivers/fs/blobs.ts')
  const { sealedBlobs } = await import('../drivers/aes-gcm/sealed-blobs.ts')

  const folder = await openFolderBlobs(join(config.dataDir, 'blobs'))
  return {
    inbox: config.smtp ? undefined : stack.use(openPreviewInbox({ statements, clock, log })),
    settings: stack.use(openSettings(statements)),
    invitations: stack.use(openInvitations(statements)),
    reports: stack.use(openReports(statements, openTextSeal({ keys: config.encryptionKeys, report }))),
    audit: stack.use(openAuditLog({ statements, clock })),
    exports: stack.use(openExports(statements)),
    consents: stack.use(openConsents(statements)),
    blobs: stack.use(sealedBlobs(folder, { keys: config.encryptionKeys, report })),
  }
}
