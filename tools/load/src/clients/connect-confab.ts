import { openRawSocket } from '../wire/raw-socket.ts'
import { type ChatClient, numberAt, type OnTrouble, textOf } from './chat-client.ts'

type OnReply = (bytes: Uint8Array, start: number, end: number) => void

const replyPrefix = '{"id":'
const pushPrefix = '{"method":"'
const idByte = 'i'.charCodeAt(0)

/**
 * Signs in with a session token and waits for `hello`. Frames are told apart by their first bytes, as the
 * server writes them (`{"id":7,"result":…`, `{"method":"event",…`), and parsed only where a row needs what
 * is in them.
 */
export async function connectConfab({
  port,
  token,
  userRev,
  onTrouble,
}: {
  port: number
  token: string
  userRev: number
  onTrouble: OnTrouble
}): Promise<ChatClient> {
  const replies = new Map<number, OnReply>()
  const hello = Promise.withResolvers<void>()
  let lastId = 0
  let killed = false

  function onText(bytes: Uint8Array, start: number, end: number) {
    if (bytes[start + 2] !== idByte) return onPush(bytes, start, end)
    const id = numberAt(bytes, start + replyPrefix.length)
    const onReply = replies.get(id)
    replies.delete(id)
    onReply?.(bytes, start, end)
  }

  function onPush(bytes: Uint8Array, start: number, end: number) {
    const method = textOf(bytes, start + pushPrefix.length, start + pushPrefix.length + 5)
    if (method === 'event') client.onMessage()
    else if (method === 'hello') hello.resolve()
    else if (method === 'notic') onTrouble(textOf(bytes, start, end))
  }

  const socket = await openRawSocket({
    port,
    path: '/api/v1/ws',
    headers: { Authorization: `Bearer ${token}` },
    onText,
    onClose(code) {
      hello.reject(new Error(`closed with ${code}`))
      if (!killed) onTrouble(`the server closed a connection (${code ?? 1006})`)
    },
  })

  const call = (method: string, params: string, onReply: OnReply) => {
    const id = ++lastId
    replies.set(id, onReply)
    socket.send(`{"id":${id},"method":"${method}","params":${params}}`)
  }

  const client: ChatClient = {
    onMessage: () => undefined,
    send(conversationId, text, answered) {
      const params = `{"conversationId":"${conversationId}","clientId":"${crypto.randomUUID()}","text":"${text}"}`
      call('message.send', params, (bytes, start, end) => {
        const accepted = isResult(bytes, start)
        if (!accepted && !isOverloaded(bytes, start, end)) onTrouble(textOf(bytes, start, end))
        answered(accepted)
      })
    },
    follow(cursors) {
      const behind = Promise.withResolvers<number>()
      const params = JSON.stringify({ cursors: Object.fromEntries(cursors), userRev })
      call('sync', params, (bytes, start, end) => behind.resolve(eventsIn(textOf(bytes, start, end))))
      return behind.promise
    },
    kill() {
      killed = true
      socket.kill()
    },
  }
  await hello.promise
  return client
}

/** Tells `{"id":7,"result"` from `{"id":7,"error"`. */
function isResult(bytes: Uint8Array, start: number): boolean {
  let at = start + replyPrefix.length
  while (bytes[at] !== 44) at++
  return bytes[at + 2] === 'r'.charCodeAt(0)
}

const isOverloaded = (bytes: Uint8Array, start: number, end: number) =>
  textOf(bytes, start, end).includes('"code":"overloaded"')

/** How many events a sync brought. Whole means that nothing was left out. */
function eventsIn(frame: string): number {
  const { result } = JSON.parse(frame) as { result: { events: unknown[]; more: unknown[]; reset: unknown[] } }
  if (result.more.length + result.reset.length > 0) throw new Error('a sync was not whole')
  return result.events.length
}
