import type { UserId } from '@confab/protocol/ids'
import type { BetterAuthPlugin } from 'better-auth/types'
import { z } from 'zod'
import { networkOf } from '../../lib/network.ts'
import type { Statements } from '../sql/statements.ts'
import type { Asking } from './asking.ts'
import { iso } from './times.ts'

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
export function knownDevices(statements: Statements, { secret }: { secret: string }) {
  const hash = (userId: UserId, what: string): string =>
    new Bun.CryptoHasher('sha256', secret).update(`${userId} ${what}`).digest('base64url')

  return {
    /** Remembers the device, and says whether it is a new one of a person who had another. */
    async meet(
      userId: UserId,
      { cookie, peer, userAgent, at }: Pick<Asking, 'peer' | 'userAgent'> & { cookie: string; at: number },
    ): Promise<boolean> {
      const looks = `${plain(userAgent)} ${networkOf(peer) ?? ''}`
      const hashes = [hash(userId, `cookie ${cookie}`), hash(userId, `looks ${looks}`)] as const
      const rows = await statements.rows('SELECT "deviceHash" FROM auth_known_device WHERE "userId" = ?1', [
        userId,
      ])
      const known = rows.map((row) => deviceRow.parse(row).deviceHash)
      await statements.changeAll(
        [
          'DELETE FROM auth_known_device WHERE "userId" = ?1 AND "deviceHash" IN (?2, ?3)',
          `DELETE FROM auth_known_device WHERE id IN (
            SELECT id FROM auth_known_device WHERE "userId" = ?1 AND "deviceHash" NOT IN (?2, ?3)
            ORDER BY "seenAt" DESC LIMIT 1000 OFFSET ${keptPerUser - hashes.length})`,
          `INSERT INTO auth_known_device (id, "userId", "deviceHash", "seenAt")
            VALUES (?4, ?1, ?2, ?6), (?5, ?1, ?3, ?6)`,
        ],
        [userId, ...hashes, Bun.randomUUIDv7(), Bun.randomUUIDv7(), iso(at)],
      )
      return known.length > 0 && !known.some((one) => hashes.some((met) => met === one))
    },
  }
}

const deviceRow = z.object({ deviceHash: z.string() })

/** An update of a browser makes no new device of it. */
const plain = (userAgent = ''): string => userAgent.replace(/\d[\d._]*/g, '')
