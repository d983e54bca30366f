import { openRawSocket } from '../wire/raw-socket.ts'
import { byteOf, type ChatClient, numberAt, type OnTrouble, textOf } from './chat-client.ts'
import { firstSendId, type PreparedSend, preparedFor, type SendWords } from './prepared-send.ts'

type OnReply = (bytes: Uint8Array, start: number, end: number) => void

const replyPrefix = '{"id":'
const pushPrefix = '{"method":"'
const idByte = byteOf('i')
/** The pushes that matter here, by their first letters, which no other push has. */
const eventByte = byteOf('e')
const helloByte = byteOf('h')
const noticeByte = byteOf('n')

const sendWords: SendWords = ({ id, conversationId, clientId, text }) =>
  `{"id":${id},"method":"message.send","params":{"conversationId":"${conversationId}","clientId":"${clientId}","text":"${text}"}}`

/** One of Confab's own, which can be asked for more than every system has. */
export interface ConfabClient extends ChatClient {
  /** Answers the whole frame of the reply, a refusal's too. */
  call(method: string, params: object): Promise<string>
  /** Reads no more, as a client does that hangs, until it is resumed. */
  pause(): void
  resume(): void
}

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
}): Promise<ConfabClient> {
  const replies = new Map<number, OnReply>()
  const hello = Promise.withResolvers<void>()
  const prepared = new Map<string, PreparedSend>()
  let lastId = firstSendId
  let killed = false

  function onText(bytes: Uint8Array, start: number, end: number) {
    if (bytes[start + 2] !== idByte) return onPush(bytes, start, end)
    const id = numberAt(bytes, start + replyPrefix.length)
    const onReply = replies.get(id)
    replies.delete(id)
    onReply?.(bytes, start, end)
  }

  function onPush(bytes: Uint8Array, start: number, end: number) {
    const letter = bytes[start + pushPrefix.length]
    if (letter === eventByte) client.onMessage(bytes, start, end)
    else if (letter === helloByte) hello.resolve()
    else if (letter === noticeByte) onTrouble(textOf(bytes, start, end))
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

  const client: ConfabClient = {
    onMessage: () => undefined,
    send(conversationId, text, answered) {
      const id = ++lastId
      replies.set(id, (bytes, start, end) => {
        const accepted = isResult(bytes, start)
        if (!accepted && !isOverloaded(bytes, start, end)) onTrouble(textOf(bytes, start, end))
        answered(accepted)
      })
      socket.write(preparedFor(prepared, sendWords, { conversationId, text }).frame(id, text))
    },
    call(method, params) {
      const { promise, resolve } = Promise.withResolvers<string>()
      const id = ++lastId
      replies.set(id, (bytes, start, end) => resolve(textOf(bytes, start, end)))
      socket.send(JSON.stringify({ id, method, params }))
      return promise
    },
    async follow(cursors) {
      return eventsIn(await client.call('sync', { cursors: Object.fromEntries(cursors), userRev }))
    },
    pause: socket.pause,
    resume: socket.resume,
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
  const { result } = JSON.parse(frame) as {
    result?: { events: unknown[]; more: unknown[]; reset: unknown[] }
  }
  if (!result) throw new Error(`a sync was refused: ${frame}`)
  if (result.more.length + result.reset.length > 0) throw new Error('a sync was not whole')
  return result.events.length
}
