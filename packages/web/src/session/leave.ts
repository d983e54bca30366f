import { keepSession } from './kept.ts'

/** After the session: the public page, loaded afresh, so that nothing of the account stays in memory. */
export function leave(): void {
  keepSession(false)
  location.assign('/')
}
