// A bare server on Bun, told by its first word how it fans out: `topics`, the runtime's own; `sets`, a
// set of sockets a topic and a send each.
import type { ServerWebSocket } from 'bun'

const byTopics = process.argv[2] === 'topics'
const text = 'x'.repeat(230)
const sets = new Map<string, Set<ServerWebSocket>>()

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request, to) => (to.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    sendPings: false,
    idleTimeout: 600,
    message(socket, frame) {
      const [call, ...topics] = String(frame).split(' ')
      if (call === 'subscribe') for (const topic of topics) subscribe(socket, topic)
      else for (let sends = Number(call); sends > 0; sends--) publish('all')
    },
  },
})

function subscribe(socket: ServerWebSocket, topic: string): void {
  if (byTopics) return void socket.subscribe(topic)
  const set = sets.get(topic)
  if (set) set.add(socket)
  else sets.set(topic, new Set([socket]))
}

function publish(topic: string): void {
  if (byTopics) server.publish(topic, text)
  else for (const socket of sets.get(topic) ?? []) socket.send(text)
}

console.log(`listening on http://127.0.0.1:${server.port}`)
