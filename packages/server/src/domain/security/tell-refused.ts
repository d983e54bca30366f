import type { UserId } from '@confab/protocol/ids'
import type { RefusalCode } from '@confab/protocol/refusal'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import { networkOf } from '../../lib/network.ts'
import { openSeldom } from '../../lib/seldom.ts'

/** A refusal: told of where somebody asked for what they may not have, or may not see. */
export interface RefusedAccess {
  code: RefusalCode
  /** An operation or a call by its name, without the ids and words that it was asked with. */
  door: string
  userId?: UserId | undefined
  /** From where; of it the network is told. */
  address?: string | undefined
}

export type TellRefused = (refused: RefusedAccess) => void

const toldCodes: ReadonlySet<RefusalCode> = new Set(['unauthenticated', 'forbidden', 'not_found'])
const toldEveryMs = 60_000

/**
 * Logs the first refusal of each kind to each person, or network where nobody is signed in, within a minute.
 * A thing that somebody may not see is refused as a missing one, so one of those is told of with the rest.
 */
export function openTellRefused({
  log,
  clock,
}: {
  log: Pick<Logger, 'info'>
  clock: Pick<Clock, 'now'>
}): TellRefused {
  const isFirst = openSeldom({ everyMs: toldEveryMs, clock })
  return ({ code, door, userId, address }) => {
    const network = networkOf(address)
    if (toldCodes.has(code) && isFirst(`${code} ${userId ?? network ?? ''}`))
      log.info(
        { code, door, ...(userId ? { userId } : { network }) },
        'access was refused; more of the kind is not logged for a minute',
      )
  }
}
