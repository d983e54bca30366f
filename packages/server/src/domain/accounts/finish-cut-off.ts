import type { UserId } from '@confab/protocol/ids'
import { backoffMs } from '../../lib/backoff.ts'
import { repeat } from '../../lib/repeat.ts'
import type { ShutOutPage } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'
import { finishErasure } from '../people/erase-me.ts'
import { finishSuspension } from './change-account.ts'

/** Whoever was suspended stays in so much longer, at most, than the fault lasted; two indexes are asked. */
const lookEveryMs = 10_000
/** While something fails. */
const again = { firstMs: 1_000, mostMs: 60_000 }
const pageMax = 200
/** So far a look goes back beyond the last good one: nodes' clocks differ, and a write waits for its turn. */
const overlapMs = 3_600_000

type Finishing = Pick<
  Domain,
  | 'store'
  | 'identity'
  | 'presence'
  | 'mails'
  | 'reports'
  | 'exports'
  | 'blobs'
  | 'consents'
  | 'clock'
  | 'report'
>

/**
 * Finishes the suspensions and erasures of which the store knows, but which were cut off before the sessions, or
 * the account, were gone: by a fault, or with a process. It looks at once, through all that there ever were, and
 * until stopped again, through the latest; as long as one fails, through all, each time later. One that is under
 * way in its own call may be finished by both.
 */
export function finishCutOff(domain: Finishing): AsyncDisposable {
  const { clock, report } = domain
  let since = 0
  let failures = 0
  return repeat(clock, async (isStopping) => {
    const startedAt = clock.now()
    try {
      const failed: unknown[] = []
      for (const kind of kinds) {
        for await (const userId of cutOff(domain, kind, since)) {
          if (isStopping()) return lookEveryMs
          await kind.finish(domain, userId).catch((cause) => failed.push(cause))
        }
      }
      // One that fails keeps nobody from the others.
      if (failed.length > 0) throw failed[0]
      since = startedAt - overlapMs
      failures = 0
      return lookEveryMs
    } catch (cause) {
      report('a suspension or an erasure that was cut off is not finished yet', cause)
      return backoffMs(failures++, again)
    }
  })
}

interface Kind {
  how: ShutOutPage['how']
  /** Those of the users of whom something is left. */
  left(domain: Finishing, ids: readonly UserId[]): Promise<Pick<ReadonlySet<UserId>, 'has'>>
  finish(domain: Finishing, userId: UserId): Promise<void>
}

const kinds: readonly Kind[] = [
  {
    how: 'suspended',
    left: ({ identity }, ids) => identity.withSessions(ids),
    finish: finishSuspension,
  },
  {
    how: 'erased',
    left: ({ identity }, ids) => identity.emailsOf(ids),
    finish: finishErasure,
  },
]

/** Those since a time of whom something is left, page by page. */
async function* cutOff(domain: Finishing, { how, left }: Kind, since: number) {
  let from: ShutOutPage['from'] | undefined = { at: since }
  while (from) {
    const page = await domain.store.shutOut({ how, from, limit: pageMax })
    const ids = page.map(({ userId }) => userId)
    const those = await left(domain, ids)
    yield* ids.filter((userId) => those.has(userId))
    from = page.length === pageMax ? page.at(-1) : undefined
  }
}
