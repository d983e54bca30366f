import type { Database } from 'bun:sqlite'
import { Worker } from 'node:worker_threads'
import { type Report, reportUncaught } from '../../lib/report.ts'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import type { PersonalRecords } from '../../ports/personal-records.ts'
import { prepareLongReads } from './long-reads.ts'
import type { Answer, Question, Reported } from './reader-thread.ts'
import { openTextSeal } from './text-seal.ts'

/**
 * Long reads on a thread with a connection of its own: beside the one that writes SQLite needs no lock to
 * read, so that an export of a million messages delays no send. The thread is started by the first question.
 * A database in memory has but one connection, and is read on it.
 */
export function openReader(
  database: Database,
  { keys = [], report = reportUncaught }: { keys?: readonly SealingKey[]; report?: Report } = {},
): PersonalRecords {
  const { filename: file } = database
  if (file === ':memory:') {
    const reads = prepareLongReads(database, openTextSeal({ keys, report }))
    return {
      page: async (query) => reads.page(query),
      messages: async (query) => reads.messages(query),
      [Symbol.asyncDispose]: async () => undefined,
    }
  }

  const waiting = new Map<number, (answer: Answer) => void>()
  let lastId = 0
  let thread: Worker | undefined
  let ended: Promise<void> | undefined
  let closed = false

  function start(): Worker {
    const { promise, resolve } = Promise.withResolvers<void>()
    const started = new Worker(new URL('./reader-thread.ts', import.meta.url), { workerData: { file, keys } })
    started.unref()
    started.on('message', (answer: Answer | Reported) => {
      if ('context' in answer) report(answer.context, answer.cause)
      else tell(answer.id, answer)
    })
    started.on('error', (cause) => failAll(String(cause)))
    started.on('exit', () => {
      // The next question starts another one.
      thread = undefined
      failAll('its thread has ended')
      resolve()
    })
    ended = promise
    return started
  }

  function tell(id: number, answer: Answer): void {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  }

  const failAll = (cause: string): void => {
    for (const id of [...waiting.keys()]) tell(id, { id, read: 'failed', cause })
  }

  function ask(question: (id: number) => Question): Promise<Answer> {
    if (closed) throw new Error('the reader is closed')
    thread ??= start()
    const id = ++lastId
    const { promise, resolve } = Promise.withResolvers<Answer>()
    waiting.set(id, resolve)
    thread.postMessage(question(id))
    return promise
  }

  return {
    async page(query) {
      const answer = await ask((id) => ({ id, read: 'page', query }))
      if (answer.read !== 'page') throw failure(answer)
      return answer.page
    },
    async messages(query) {
      const answer = await ask((id) => ({ id, read: 'messages', query }))
      if (answer.read !== 'messages') throw failure(answer)
      return answer.page
    },
    /** Waits for the thread: the database must not be closed beside another connection. */
    async [Symbol.asyncDispose]() {
      closed = true
      thread?.postMessage('close' satisfies Question)
      await ended
    },
  }
}

const failure = (answer: Answer): Error =>
  new Error(`a long read failed: ${answer.read === 'failed' ? answer.cause : 'another answer came'}`)
