// A bare server on Node with `ws`: a set of sockets and a send each, the frame's bytes made once.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const text = Buffer.from('x'.repeat(230))
const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false })
const sockets = new Set()

server.on('connection', (socket) => {
  socket.on('message', (frame) => {
    const [call] = String(frame).split(' ')
    if (call === 'subscribe') sockets.add(socket)
    else
      for (let sends = Number(call); sends > 0; sends--) {
        for (const each of sockets) each.send(text, { binary: false })
      }
  })
})
http.listen(0, '127.0.0.1', 4096, () => console.log(`listening on http://127.0.0.1:${http.address().port}`))
