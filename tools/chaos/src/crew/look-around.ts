import type { Event } from '@confab/protocol/event'
import type { Message } from '@confab/protocol/message'
import { FrameNotes } from './frame-notes.ts'
import type { User } from './population.ts'
import { now, type Recorder } from './recorder.ts'
import { rest } from './rest.ts'

export interface Looking {
  url: string
  user: User
  recorder: Recorder
}

/** A page of the log over REST. */
export async function lookAtLog({ url, user, recorder }: Looking, id: string, after: number): Promise<void> {
  const asked = now()
  const path = `/api/v1/conversations/${id}/events?after=${after}&limit=50`
  const answer = await rest<{ items: Event[] }>(url, path, { token: user.token })
  if ('result' in answer) new FrameNotes(recorder, user.name).page(answer.result.items, asked, false)
}

/** Asks for what may be none of one's business; whatever is answered goes into the history. */
export async function pry(looking: Looking, id: string): Promise<void> {
  const { url, user, recorder } = looking
  const asked = now()
  await lookAtLog(looking, id, 0)
  const path = `/api/v1/conversations/${id}/messages?limit=20`
  const answer = await rest<{ items: Message[] }>(url, path, { token: user.token })
  if ('result' in answer) new FrameNotes(recorder, user.name).messages(answer.result.items, asked)
}
