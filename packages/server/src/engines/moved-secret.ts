import { join } from 'node:path'
import { WrongSettings } from '../config.ts'
import { keepSecret, readSecret } from '../lib/secret-file.ts'
import type { Place } from './migrate-words.ts'

/**
 * The installation's SECRET, which must be the same before and after: sessions, second factors, waiting jobs
 * and the keys of what was sent hang on it. It is asked for outright: the server on PostgreSQL needs it too.
 *
 * Throws WrongSettings, with what to set, where none is given or the folder holds another one.
 */
export function movedSecret(given: string | undefined, { from, to }: { from: Place; to: Place }): string {
  const folder = 'folder' in from ? from.folder : 'folder' in to ? to.folder : undefined
  const file = folder === undefined ? undefined : join(folder, 'secret')
  const kept = file === undefined ? undefined : readSecret(file)
  if (given === undefined)
    throw new WrongSettings([
      kept === undefined
        ? 'SECRET must be what the server runs with: it stays the same, or nobody stays signed in'
        : `SECRET must be set, here and for the server on PostgreSQL, to what is in ${file}: SECRET="$(cat ${file})"`,
    ])
  if (kept !== undefined && kept !== given)
    throw new WrongSettings([
      `SECRET is another one than in ${file}: set it to that, or if the server ran with this one, remove the file`,
    ])
  return given
}

/** For the server that will have the folder: it makes one of its own where it finds none. */
export function leaveSecret(secret: string, { to }: { to: Place }): void {
  if ('folder' in to) keepSecret(join(to.folder, 'secret'), secret)
}
