// A bare server on Node with Socket.IO: rooms, WebSocket only, no compression.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const text = 'x'.repeat(230)
const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
io.engine.on('connection', (raw) => {
  raw.request = null
})
io.on('connection', (socket) => {
  socket.on('message', (frame) => {
    const [call, ...topics] = frame.split(' ')
    if (call === 'subscribe') socket.join(topics)
    else for (let sends = Number(call); sends > 0; sends--) io.to('all').emit('m', text)
  })
})
http.listen(0, '127.0.0.1', 4096, () => console.log(`listening on http://127.0.0.1:${http.address().port}`))
