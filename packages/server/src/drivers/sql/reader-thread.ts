import { Database } from 'bun:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { type LongReads, prepareLongReads } from './long-reads.ts'
import { openTextSeal } from './text-seal.ts'

type QueryOf<Name extends keyof LongReads> = Parameters<LongReads[Name]>[0]

export type Question =
  | { id: number; read: 'page'; query: QueryOf<'page'> }
  | { id: number; read: 'messages'; query: QueryOf<'messages'> }
  | 'close'
export type Answer =
  | { id: number; read: 'page'; page: ReturnType<LongReads['page']> }
  | { id: number; read: 'messages'; page: ReturnType<LongReads['messages']> }
  | { id: number; read: 'failed'; cause: string }
/** Beside the answers: what the log should have. */
export interface Reported {
  context: string
  cause: string
}

// Everything here runs on a thread of its own, started by reader.ts.
const { file, keys } = workerData as { file: string; keys: SealingKey[] }
const database = new Database(file, { readwrite: true, create: false, strict: true })
database.run('PRAGMA query_only = ON')
// What is walked through once is not looked at again.
database.run('PRAGMA cache_size = -2048')
const texts = openTextSeal({
  keys,
  report: (context, cause) => parentPort?.postMessage({ context, cause: String(cause) } satisfies Reported),
})
const reads = prepareLongReads(database, texts)

function answer(question: Exclude<Question, 'close'>): Answer {
  const { id, read } = question
  try {
    return read === 'page'
      ? { id, read, page: reads.page(question.query) }
      : { id, read, page: reads.messages(question.query) }
  } catch (cause) {
    return { id, read: 'failed', cause: String(cause) }
  }
}

parentPort?.on('message', (question: Question) => {
  if (question !== 'close') return parentPort?.postMessage(answer(question))
  database.close()
  parentPort?.close()
})
