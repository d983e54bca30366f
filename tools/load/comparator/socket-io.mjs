// What Confab is measured beside: the same work on plain Socket.IO, as its own documentation tunes it
// (WebSocket only, no compression, the first request forgotten). It checks nobody, keeps nothing on disk
// and holds in memory only what the resume row asks for. Its frames carry the same JSON as Confab's.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const keptMax = 20

const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
  pingInterval: 15_000,
})
io.engine.on('connection', (raw) => {
  raw.request = null
})

/** The seq of each conversation and its latest events. */
const logs = new Map()

io.on('connection', (socket) => {
  socket.on('join', (conversationIds, acknowledge) => {
    socket.join(conversationIds)
    acknowledge({})
  })
  socket.on('send', ({ conversationId, clientId, text }, acknowledge) => {
    const event = append(socket.id, conversationId, clientId, text)
    io.to(conversationId).emit('event', event)
    acknowledge(event.data)
  })
  socket.on('resume', (cursors, acknowledge) => {
    const conversationIds = Object.keys(cursors)
    socket.join(conversationIds)
    const events = conversationIds.flatMap(
      (id) => logs.get(id)?.events.filter(({ seq }) => seq > cursors[id]) ?? [],
    )
    acknowledge({ events })
  })
})

function append(senderId, conversationId, clientId, text) {
  // Above every cursor of the driver, which counts the joins too.
  const log = logs.get(conversationId) ?? { seq: 1_000, events: [] }
  logs.set(conversationId, log)
  const seq = ++log.seq
  const at = new Date().toISOString()
  const message = {
    conversationId,
    seq,
    updatedSeq: seq,
    ordinal: seq,
    id: randomUUID(),
    clientId,
    senderId: `${senderId}0123456789abcdef`,
    text,
    attachments: [],
    mentions: { userIds: [], all: false },
    replyTo: null,
    forwardedFrom: null,
    reactions: [],
    pinned: false,
    priority: null,
    createdAt: at,
    editedAt: null,
    deletedAt: null,
  }
  const event = {
    conversationId,
    seq,
    type: 'message.created',
    actorId: message.senderId,
    at,
    data: { message },
  }
  log.events.push(event)
  if (log.events.length > keptMax) log.events.shift()
  return event
}

// The backlog is the kernel's most: 511, the default, is overrun when thousands connect at once.
http.listen(0, '127.0.0.1', 4096, () => console.log(`listening on http://127.0.0.1:${http.address().port}`))
process.on('SIGTERM', () => process.exit(0))
