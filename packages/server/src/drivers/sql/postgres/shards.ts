import type { ConversationId } from '@confab/protocol/ids'
import type { Shards } from '../../../ports/shards.ts'

/**
 * The shards of tables that are distributed by the hash of the conversation's id: PostgreSQL's own
 * (`uuid_hash`), whose numbers are cut into `count` ranges of equal length, the last one taking what is over.
 * So does Citus with `shard_count` (`shardminvalue` and `shardmaxvalue` in `pg_dist_shard`).
 */
export function shardsByHash(count: number): Shards {
  const rangeLength = Math.floor(2 ** 32 / count)
  return {
    count,
    of: (id) => Math.min(count - 1, Math.floor((uuidHash(id) + 2 ** 31) / rangeLength)),
  }
}

/**
 * What `uuid_hash` says of an id on a little-endian machine: Bob Jenkins' lookup3 over its sixteen bytes, as
 * three words that are mixed and a fourth, with PostgreSQL's seed. 32 bits, signed.
 */
export function uuidHash(id: ConversationId): number {
  const bytes = Uint8Array.fromHex(id.replaceAll('-', ''))
  const words = new DataView(bytes.buffer)
  const seed = (0x9e3779b9 + bytes.length + 3_923_095) | 0
  let a = (seed + words.getInt32(0, true)) | 0
  let b = (seed + words.getInt32(4, true)) | 0
  let c = (seed + words.getInt32(8, true)) | 0

  for (const [first, second, third] of [
    [4, 6, 8],
    [16, 19, 4],
  ] as const) {
    a = ((a - c) | 0) ^ rotated(c, first)
    c = (c + b) | 0
    b = ((b - a) | 0) ^ rotated(a, second)
    a = (a + c) | 0
    c = ((c - b) | 0) ^ rotated(b, third)
    b = (b + a) | 0
  }

  a = (a + words.getInt32(12, true)) | 0
  c = ((c ^ b) - rotated(b, 14)) | 0
  a = ((a ^ c) - rotated(c, 11)) | 0
  b = ((b ^ a) - rotated(a, 25)) | 0
  c = ((c ^ b) - rotated(b, 16)) | 0
  a = ((a ^ c) - rotated(c, 4)) | 0
  b = ((b ^ a) - rotated(a, 14)) | 0
  return ((c ^ b) - rotated(b, 24)) | 0
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))
