import { join } from 'node:path'
import { type Config, WrongSettings } from '../config.ts'
import { openForCommand } from './open-for-command.ts'

/**
 * `reseal`, once the keys have changed: everything goes under the first one, or with `clear` into the clear.
 */
export async function reseal(config: Config, { clear }: { clear: boolean }): Promise<void> {
  const keys = config.encryptionKeys
  if (keys.length === 0) throw new WrongSettings(['ENCRYPTION_KEYS must hold the keys: none is set'])
  await using stack = new AsyncDisposableStack()
  const { engine, report } = await openForCommand(config, stack, { company: 'beside others' })
  const { resealTexts, tellResealed } = await import('../drivers/sql/reseal.ts')
  const { blobKeys, openFolderBlobs } = await import('../drivers/fs/blobs.ts')
  const { resealBlobs } = await import('../drivers/aes-gcm/sealed-blobs.ts')
  const folder = join(config.dataDir, 'blobs')
  const blobs = await openFolderBlobs(folder)
  const files = await resealBlobs(blobs, { names: blobKeys(folder), keys, clear, report })
  const { statements, texts } = engine
  const done = await resealTexts({ statements, tables: texts(), keys, clear, report })
  process.stdout.write(tellResealed({ ...done, files }))
}
