import { conversationId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { InvitationRecord, Invitations } from '../../ports/invitations.ts'
import { pageOf, parseCursor } from './cursor.ts'
import type { Statements } from './statements.ts'

const invitationRow = z.object({
  num: z.int(),
  id: z.string(),
  to: conversationId.nullable(),
  createdBy: userId,
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  usesMax: z.number().nullable(),
  uses: z.number(),
})

const columns = `num, id, conversation AS "to", created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", uses_max AS "usesMax", uses`
const isInTime = '(expires_at IS NULL OR expires_at > ?2)'
const isOpen = `${isInTime} AND (uses_max IS NULL OR uses < uses_max)`

/** Invitations in the database, which has been migrated before. */
export function openInvitations(statements: Statements): Invitations {
  return {
    async add({ id, tokenHash, to, createdBy, createdAt, expiresAt, usesMax, noted }) {
      await statements.change(
        `INSERT INTO invitations (id, token_hash, conversation, created_by, created_at, expires_at, uses_max)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
        [id, tokenHash, to, createdBy, createdAt, expiresAt, usesMax],
        noted,
      )
    },
    async list({ to, now, limit, cursor }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      const rows = await statements.rows(
        `SELECT ${columns} FROM invitations WHERE conversation IS NOT DISTINCT FROM ?1 AND ${isOpen}
          AND num < ?3 ORDER BY num DESC LIMIT ?4`,
        [to, now, before, limit + 1],
      )
      const page = rows.map((row) => invitationRow.parse(row))
      return pageOf(page, { limit, keys: ({ num }) => [num], item: toRecord })
    },
    async find({ tokenHash, now, usedUp = false }) {
      const isGood = usedUp ? isInTime : isOpen
      const select = `SELECT ${columns} FROM invitations WHERE token_hash = ?1 AND ${isGood}`
      return parse((await statements.rows(select, [tokenHash, now]))[0])
    },
    async take({ tokenHash, now }) {
      const [row] = await statements.rows(
        `UPDATE invitations SET uses = uses + 1 WHERE token_hash = ?1 AND ${isOpen} RETURNING ${columns}`,
        [tokenHash, now],
      )
      return parse(row)
    },
    async giveBack(id) {
      await statements.change('UPDATE invitations SET uses = uses - 1 WHERE id = ?1 AND uses > 0', [id])
    },
    async revoke({ id, to, now, noted }) {
      const revoked = await statements.change(
        `DELETE FROM invitations WHERE id = ?1 AND ${isOpen} AND conversation IS NOT DISTINCT FROM ?3`,
        [id, now, to],
        noted,
      )
      return revoked > 0
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const parse = (row: unknown): InvitationRecord | undefined =>
  row ? toRecord(invitationRow.parse(row)) : undefined

const toRecord = ({ num: _, ...record }: z.infer<typeof invitationRow>): InvitationRecord => record
