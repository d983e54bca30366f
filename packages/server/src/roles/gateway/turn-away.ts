import { closeCode } from '@confab/protocol/close-codes'
import { lackingSecondFactor, type SecondFactorAsking } from '../../domain/accounts/second-factor.ts'
import type { Domain } from '../../domain/domain.ts'
import { type Connection, isSignedIn } from './connection.ts'

const pageMax = 500

/**
 * Closes what is open for who came with one factor once an administrator requires two: of 500 connections all
 * within a sweep, of more 500 a sweep, each in its turn.
 * Where none is required a look is one read of a setting.
 */
export function openTurnAway({
  domain,
  connections,
}: {
  domain: SecondFactorAsking & Pick<Domain, 'report'>
  connections: ReadonlySet<Connection>
}) {
  let waiting: Connection[] = []
  let looking: Promise<void> | undefined
  let isFailing = false

  async function look(): Promise<void> {
    if (waiting.length === 0) waiting = [...connections]
    const page = waiting.splice(0, pageMax).filter(isSignedIn)
    const sessions = page.map(({ session }) => session)
    const lacking = await lackingSecondFactor(domain, sessions)
    for (const connection of page)
      if (lacking.has(connection.session.sessionId))
        connection.close(closeCode.originRefused, 'second_factor_needed')
    isFailing = false
  }

  /** Once until a look succeeds: while the database is away every sweep's would say the same. */
  function tellFailed(cause: unknown) {
    if (!isFailing) domain.report('gateway: who lacks a second factor is not looked at', cause)
    isFailing = true
  }

  return {
    sweep() {
      if (looking !== undefined) return
      looking = look()
        .catch(tellFailed)
        .finally(() => {
          looking = undefined
        })
    },
    [Symbol.asyncDispose]: async () => looking,
  }
}
