import type { Database } from 'bun:sqlite'
import { conversationId, userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { InvitationRecord, Invitations } from '../../ports/invitations.ts'
import { pageOf, parseCursor } from './cursor.ts'

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

/** Invitations in the database, which has been migrated before. */
export function openInvitations(database: Database): Invitations {
  const columns = `num, id, conversation AS "to", created_by AS createdBy, created_at AS createdAt,
    expires_at AS expiresAt, uses_max AS usesMax, uses`
  const isOpen = '(expires_at IS NULL OR expires_at > ?2) AND (uses_max IS NULL OR uses < uses_max)'
  const insert = database.prepare<never, (string | number | Uint8Array | null)[]>(
    `INSERT INTO invitations (id, token_hash, conversation, created_by, created_at, expires_at, uses_max)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const list = database.prepare<unknown, [string | null, number, number, number]>(
    `SELECT ${columns} FROM invitations WHERE conversation IS ?1 AND ${isOpen} AND num < ?3
      ORDER BY num DESC LIMIT ?4`,
  )
  const find = database.prepare<unknown, [Uint8Array, number]>(
    `SELECT ${columns} FROM invitations WHERE token_hash = ?1 AND ${isOpen}`,
  )
  const take = database.prepare<unknown, [Uint8Array, number]>(
    `UPDATE invitations SET uses = uses + 1 WHERE token_hash = ?1 AND ${isOpen} RETURNING ${columns}`,
  )
  const giveBack = database.prepare<never, [string]>(
    'UPDATE invitations SET uses = uses - 1 WHERE id = ? AND uses > 0',
  )
  const revoke = database.prepare<never, [string, number, string | null]>(
    `DELETE FROM invitations WHERE id = ?1 AND ${isOpen} AND conversation IS ?3`,
  )

  return {
    async add({ id, tokenHash, to, createdBy, createdAt, expiresAt, usesMax }) {
      insert.run(id, tokenHash, to, createdBy, createdAt, expiresAt, usesMax)
    },
    async list({ to, now, limit, cursor }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      const rows = list.all(to, now, before, limit + 1).map((row) => invitationRow.parse(row))
      return pageOf(rows, { limit, keys: ({ num }) => [num], item: toRecord })
    },
    find: async ({ tokenHash, now }) => parse(find.get(tokenHash, now)),
    take: async ({ tokenHash, now }) => parse(take.get(tokenHash, now)),
    async giveBack(id) {
      giveBack.run(id)
    },
    revoke: async ({ id, to, now }) => revoke.run(id, now, to).changes > 0,
    async [Symbol.asyncDispose]() {
      for (const statement of [insert, list, find, take, giveBack, revoke]) statement.finalize()
    },
  }
}

const parse = (row: unknown): InvitationRecord | undefined =>
  row ? toRecord(invitationRow.parse(row)) : undefined

const toRecord = ({ num: _, ...record }: z.infer<typeof invitationRow>): InvitationRecord => record
