import { mkdtempSync, rmSync, readFileSync } from 'node:fs'
import { conversationId, messageId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../packages/server/src/drivers/sql/database.ts'
import { openSqliteStore } from '../packages/server/src/drivers/sql/sqlite-store.ts'
import { zipf } from '../tools/load/src/measure/zipf.ts'
const folder = mkdtempSync('/tmp/mb-')
const page = process.env.PAGE
import { Database } from 'bun:sqlite'
if (page) { const d = new Database(`${folder}/x.db`, { create: true, readwrite: true }); d.run(`PRAGMA page_size = ${page}`); d.run('PRAGMA journal_mode=WAL'); d.run('CREATE TABLE zz(a)'); d.run('DROP TABLE zz'); d.close() }
const database = openDatabase({ file: `${folder}/x.db` })
const store = await openSqliteStore({ database, limits: defaultLimits })
const users: any[] = []
for (let i = 0; i < 1000; i++) { const id = userId.parse(Bun.randomUUIDv7()); users.push(id); await store.createUser({ id, name: `U ${i}`, handle: `u_${i}`, at: Date.now() } as any) }
const convs: any[] = []
for (let c = 0; c < 100; c++) { const id = conversationId.parse(Bun.randomUUIDv7()); convs.push(id)
  await store.commit([{ write: 'conversation.create', conversationId: id, actorId: users[c * 10], at: Date.now(), kind: 'group', name: 'g', topic: null, visibility: 'private', memberIds: users.slice(c * 10 + 1, c * 10 + 10) } as any]) }
const next = zipf(1000, 1)
const text = 'x'.repeat(200)
function mk() { const u = next(); return { write: 'message.create', conversationId: convs[u % 100], actorId: users[(u % 100) * 10 + Math.floor(u / 100)], at: Date.now(), messageId: messageId.parse(Bun.randomUUIDv7()), clientId: crypto.randomUUID(), sendKey: crypto.getRandomValues(new Uint8Array(16)), contentKey: crypto.getRandomValues(new Uint8Array(16)), text, replyToSeq: null, priority: null, mentioned: { all: false, handles: [], userIds: [] } } as any }
const total = Number(process.env.TOTAL ?? 40000)
async function go(size: number, n: number) {
  const batches = Array.from({ length: Math.floor(n / size) }, () => Array.from({ length: size }, mk))
  const b = process.cpuUsage(); const t0 = performance.now()
  const io0 = Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))![1])
  for (const x of batches) { const o = await store.commit(x); if (o[0]!.status !== 'committed') throw o[0] }
  const c = process.cpuUsage(b); const io = Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))![1]) - io0
  const done = batches.length * size
  return `${size}: user ${(c.user / done).toFixed(1)} sys ${(c.system / done).toFixed(1)} µs wall ${((performance.now() - t0) * 1000 / done).toFixed(1)} written ${(io / done / 1024).toFixed(1)} KB a send`
}
await go(256, total)
for (const s of [1, 4, 16, 32, 64, 256]) console.log(page ?? 'def', await go(s, s < 8 ? 4000 : 20000))
await store[Symbol.asyncDispose](); database.close(); rmSync(folder, { recursive: true })
process.exit()
