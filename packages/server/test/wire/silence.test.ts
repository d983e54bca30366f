import { expect, test } from 'bun:test'
import { openSynced, signInPeople, startDirect } from '../people.ts'
import { startServer } from '../start-server.ts'
import { callText, text } from './case.ts'
import { makeFrame, opcode } from './frames.ts'
import { connect, type TcpClient, upgradeRequest } from './tcp-client.ts'

// Two seconds of silence stand for thirty.
test('[GW74] who is silent is closed, whatever is pushed to them; who only answers pings stays', async () => {
  await using server = await startServer({ HEARTBEAT_SECONDS: '1', RATE_LIMITS: 'off' })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id: conversationId } = await startDirect(server, ann, bob)

  async function openSyncedByHand() {
    const client = await connect(Number(new URL(server.url).port))
    await client.write(upgradeRequest({ headers: { Authorization: `Bearer ${bob.token}` } }))
    await client.head()
    const hello = await client.frame()
    expect(JSON.parse(String(hello?.payload)).params.heartbeatMs).toBe(1_000)
    await client.write(text(JSON.stringify({ id: 'synced', method: 'sync' })))
    return client
  }
  await using silent = await openSyncedByHand()
  await using answering = await openSyncedByHand()
  await using sender = await openSynced(server, ann)

  const silentSince = performance.now()
  const { signal: enough, abort: stop } = stoppable()
  const answered = answerPings(answering, enough)
  const events = await countEvents(silent, async (number) => {
    await sender.call('message.send', { conversationId, clientId: `a ${number}`, text: 'are you there?' })
  })
  expect(performance.now() - silentSince).toBeGreaterThan(2_000 - 1)
  // Messages came until the end: they are no sign of life of who gets them.
  expect(events).toBeGreaterThan(1)

  stop()
  await answering.write(text(callText('still here')))
  expect(await answered).toBe('{"id":"still here","result":{}}')
})

const stoppable = () => {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

/** Reads to a close with 1001, sending the next message when a ping has come. */
async function countEvents(client: TcpClient, sendNext: (number: number) => Promise<void>): Promise<number> {
  let events = 0
  for (;;) {
    const frame = await client.frame()
    if (frame?.opcode === opcode.ping) await sendNext(events)
    if (frame?.payload.toString().startsWith('{"method":"event"')) {
      events++
      await sendNext(events)
    }
    if (frame && frame.opcode !== opcode.close) continue
    expect(frame?.payload.readUInt16BE()).toBe(1001)
    return events
  }
}

/** Answers pings as every WebSocket does and reads on; once stopped, up to the next reply. */
async function answerPings(client: TcpClient, stopped: AbortSignal): Promise<string> {
  for (;;) {
    const frame = await client.frame()
    if (!frame) return 'closed'
    if (frame.opcode === opcode.ping) await client.write(makeFrame(opcode.pong, frame.payload))
    if (stopped.aborted && frame.payload.toString().startsWith('{"id":"still'))
      return frame.payload.toString()
  }
}
