import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { BetterAuthPlugin } from 'better-auth/types'
import { networkOf } from '../../lib/network.ts'
import type { Asking } from './asking.ts'

/** A browser gives up a cookie after 400 days at the latest. */
export const deviceDays = 400
const keptPerUser = 100

/** Its table alone: what a person has signed in with before, as hashes. */
export const knownDevicesPlugin = {
  id: 'confab-known-devices',
  schema: {
    knownDevice: {
      modelName: 'auth_known_device',
      fields: {
        userId: { type: 'string', required: true, index: true },
        deviceHash: { type: 'string', required: true },
        seenAt: { type: 'date', required: true },
      },
    },
  },
} satisfies BetterAuthPlugin

/**
 * A device is known by the cookie it was given when it first signed in, or, where it keeps none, by what it
 * calls itself together with its network. So a known browser may travel, and another one at home is new.
 */
export function knownDevices(database: Database, { secret }: { secret: string }) {
  const seen = database.query<unknown, [string, string]>(
    'SELECT 1 FROM auth_known_device WHERE userId = ? AND deviceHash = ?',
  )
  const any = database.query<unknown, [string]>('SELECT 1 FROM auth_known_device WHERE userId = ? LIMIT 1')
  const forget = database.query<unknown, [string, string]>(
    'DELETE FROM auth_known_device WHERE userId = ? AND deviceHash = ?',
  )
  const insert = database.query<unknown, [string, string, string, string]>(
    'INSERT INTO auth_known_device (id, userId, deviceHash, seenAt) VALUES (?, ?, ?, ?)',
  )
  const bound = database.query<unknown, [string, number]>(
    `DELETE FROM auth_known_device WHERE id IN
      (SELECT id FROM auth_known_device WHERE userId = ? ORDER BY seenAt DESC LIMIT -1 OFFSET ?)`,
  )

  const hash = (userId: UserId, what: string): string =>
    new Bun.CryptoHasher('sha256', secret).update(`${userId} ${what}`).digest('base64url')

  return {
    /** Remembers the device, and says whether it is a new one of a person who had another. */
    meet: database.transaction(
      (
        userId: UserId,
        { cookie, peer, userAgent, at }: Pick<Asking, 'peer' | 'userAgent'> & { cookie: string; at: number },
      ): boolean => {
        const looks = `${plain(userAgent)} ${networkOf(peer) ?? ''}`
        const hashes = [hash(userId, `cookie ${cookie}`), hash(userId, `looks ${looks}`)]
        const isKnown = hashes.some((one) => seen.get(userId, one) !== null)
        const isFirst = any.get(userId) === null
        for (const one of hashes) {
          forget.run(userId, one)
          insert.run(Bun.randomUUIDv7(), userId, one, new Date(at).toISOString())
        }
        bound.run(userId, keptPerUser)
        return !isKnown && !isFirst
      },
    ),
  }
}

/** An update of a browser makes no new device of it. */
const plain = (userAgent = ''): string => userAgent.replace(/\d[\d._]*/g, '')
