import { call } from './call.ts'

/** While one blocks another, nothing new is said between the two; `me.blocks` follows by itself. */
export async function setBlocked(userId: string, blocked: boolean): Promise<void> {
  await call(blocked ? 'PUT' : 'DELETE', `/api/v1/me/blocks/${encodeURIComponent(userId)}`)
}
