import { openRawSocket } from '../wire/raw-socket.ts'
import { byteOf, type ChatClient, numberAt, type OnTrouble, textOf } from './chat-client.ts'
import { firstSendId, type PreparedSend, preparedFor, type SendWords } from './prepared-send.ts'

type OnReply = (bytes: Uint8Array, start: number, end: number) => void

/** Engine.IO 4's packet types and Socket.IO 5's, by their first characters. */
const packet = { open: '0', close: '1', ping: '2', message: '4' }
const inMessage = { connect: '0', event: '2', acknowledgement: '3', refused: '4' }
const openByte = byteOf(packet.open)
const closeByte = byteOf(packet.close)
const pingByte = byteOf(packet.ping)
const connectByte = byteOf(inMessage.connect)
const eventByte = byteOf(inMessage.event)
const acknowledgementByte = byteOf(inMessage.acknowledgement)
const refusedByte = byteOf(inMessage.refused)

const sendWords: SendWords = ({ id, conversationId, clientId, text }) =>
  `42${id}["send",{"conversationId":"${conversationId}","clientId":"${clientId}","text":"${text}"}]`

/** The same lean client for Socket.IO's frames, so that neither system is measured with a heavier driver. */
export async function connectSocketIo({
  port,
  onTrouble,
}: {
  port: number
  onTrouble: OnTrouble
}): Promise<ChatClient> {
  const replies = new Map<number, OnReply>()
  const opened = Promise.withResolvers<void>()
  const connected = Promise.withResolvers<void>()
  const prepared = new Map<string, PreparedSend>()
  let lastId = firstSendId
  let killed = false

  function onText(bytes: Uint8Array, start: number, end: number) {
    const type = bytes[start]
    if (type === pingByte) return socket.send('3')
    if (type === openByte) return opened.resolve()
    if (type === closeByte) return onTrouble('Socket.IO closed a connection')
    const kind = bytes[start + 1]
    if (kind === eventByte) client.onMessage(bytes, start, end)
    else if (kind === acknowledgementByte) {
      const id = numberAt(bytes, start + 2)
      const onReply = replies.get(id)
      replies.delete(id)
      onReply?.(bytes, start, end)
    } else if (kind === connectByte) connected.resolve()
    else if (kind === refusedByte) onTrouble(textOf(bytes, start, end))
  }

  const socket = await openRawSocket({
    port,
    path: '/socket.io/?EIO=4&transport=websocket',
    onText,
    onClose(code) {
      const closed = new Error(`closed with ${code}`)
      opened.reject(closed)
      connected.reject(closed)
      if (!killed) onTrouble(`Socket.IO closed a connection (${code ?? 1006})`)
    },
  })

  const call = (name: string, argument: string, onReply: OnReply) => {
    const id = ++lastId
    replies.set(id, onReply)
    socket.send(`42${id}["${name}",${argument}]`)
  }

  const client: ChatClient = {
    onMessage: () => undefined,
    send(conversationId, text, answered) {
      const id = ++lastId
      replies.set(id, () => answered(true))
      socket.write(preparedFor(prepared, sendWords, { conversationId, text }).frame(id, text))
    },
    follow(cursors) {
      const behind = Promise.withResolvers<number>()
      call('resume', JSON.stringify(Object.fromEntries(cursors)), (bytes, start, end) =>
        behind.resolve(eventsIn(textOf(bytes, start, end))),
      )
      return behind.promise
    },
    kill() {
      killed = true
      socket.kill()
    },
  }
  await opened.promise
  socket.send('40')
  await connected.promise
  return client
}

function eventsIn(frame: string): number {
  const [{ events }] = JSON.parse(frame.slice(frame.indexOf('['))) as [{ events: unknown[] }]
  return events.length
}
