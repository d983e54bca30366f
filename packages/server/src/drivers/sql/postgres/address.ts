import { readFileSync } from 'node:fs'
import { hostsOf } from '../../../lib/database-hosts.ts'
import { DatabaseUnavailable } from '../database-unavailable.ts'
import { reasonOf } from './failures.ts'

const certificateWords = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' } as const

/**
 * The address without the names of files, which are for this side; in TLS where the server has it,
 * as for libpq.
 */
export function addressOf(url: string): string {
  const address = new URL(url)
  if (!address.searchParams.has('sslmode')) address.searchParams.set('sslmode', 'prefer')
  for (const word of [...Object.keys(certificateWords), 'target_session_attrs'])
    address.searchParams.delete(word)
  return address.href
}

/**
 * `sslrootcert`, `sslcert` and `sslkey` name PEM files, as for libpq.
 * Throws DatabaseUnavailable without them.
 */
export function certificatesOf(url: string): { tls?: Bun.TLSOptions } {
  const { searchParams } = new URL(hostsOf(url)[0] ?? url)
  const files = Object.entries(certificateWords).flatMap(([word, option]) => {
    const file = searchParams.get(word)
    return file === null ? [] : [[option, readCertificate(word, file)]]
  })
  return files.length === 0 ? {} : { tls: Object.fromEntries(files) }
}

function readCertificate(word: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new DatabaseUnavailable(`${word} of the database's address can't be read: ${reasonOf(cause)}`, {
      reason: 'unreachable',
      cause,
    })
  }
}
