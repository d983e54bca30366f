import { type Conversation, conversation } from '@confab/protocol/conversation'
import type { ConversationId } from '@confab/protocol/ids'
import { openSocket, type RawSocket, type SocketOptions } from './raw-socket.ts'
import type { Person, TestServer } from './start-server.ts'

/** New people of these names. Addresses are unique, so that tests may share a server. */
export const signInPeople = <Names extends string[]>(server: TestServer, ...names: Names) =>
  Promise.all(names.map((name) => server.signIn(`${name}-${crypto.randomUUID()}@example.com`))) as Promise<{
    [Name in keyof Names]: Person
  }>

export const startDirect = (server: TestServer, by: Person, other: Person) =>
  startConversation(server, by, { kind: 'direct', memberIds: [other.id] })

export const startGroup = (server: TestServer, by: Person, members: Person[], name = 'A group') =>
  startConversation(server, by, { kind: 'group', name, memberIds: members.map(({ id }) => id) })

export const startChannel = (server: TestServer, by: Person, members: Person[] = []) =>
  startConversation(server, by, {
    kind: 'channel',
    name: 'A channel',
    visibility: 'public',
    memberIds: members.map(({ id }) => id),
  })

async function startConversation(server: TestServer, by: Person, body: object): Promise<Conversation> {
  const answer = await server.call(by, 'POST /api/v1/conversations', body)
  return conversation.parse(answer.body)
}

/** Calls by REST where only the success matters. */
export async function doCall(server: TestServer, as: Person, request: string, body?: unknown) {
  const answer = await server.call(as, request, body)
  if (answer.status >= 300) throw new Error(`${request}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A socket on which a person has signed in and synced with nothing: everything live comes from now on. */
export async function openSynced(server: TestServer, person: Person): Promise<RawSocket> {
  const socket = await openSocket(server, personal(person))
  await socket.next('hello')
  await socket.call('sync')
  return socket
}

export const personal = ({ token }: Person): SocketOptions => ({ token })

/** Below what one connection may have under way. */
const callsAtOnce = 400

/**
 * Sends so many messages over one socket, `atOnce` under way at a time. The texts end with their number.
 * Large ones are to be few at once: what everybody gets of them in one go must fit into a socket's buffer.
 */
export async function sendMany(
  socket: RawSocket,
  conversationId: ConversationId,
  count: number,
  { from = 1, text = 'message', atOnce = callsAtOnce } = {},
): Promise<void> {
  for (let first = from; first < from + count; first += atOnce) {
    const length = Math.min(atOnce, from + count - first)
    const numbers = Array.from({ length }, (_, index) => first + index)
    await Promise.all(
      numbers.map((number) =>
        socket.call('message.send', {
          conversationId,
          clientId: `${text.slice(0, 20)} ${number}`,
          text: `${text} ${number}`,
        }),
      ),
    )
  }
}

/** Sends without a pause until stopped; then one more, so that whoever listens by then hears the last. */
export function keepSending(socket: RawSocket, id: ConversationId, from = 0) {
  let sent = from
  let stopped = false
  const sending = (async () => {
    for (; !stopped; sent += 20) await sendMany(socket, id, 20, { from: sent + 1 })
  })()
  return {
    /** Answers the number of the last. */
    async stop() {
      stopped = true
      await sending
      await sendMany(socket, id, 1, { from: ++sent })
      return sent
    },
  }
}

/** The whole log of a conversation, as a member reads it over REST. */
export async function readLog(server: TestServer, as: Person, conversationId: ConversationId) {
  const items: LoggedEvent[] = []
  for (;;) {
    const path = `/api/v1/conversations/${conversationId}/events?limit=500&after=${items.length}`
    const page = (await doCall(server, as, `GET ${path}`)) as { items: LoggedEvent[]; head: number }
    items.push(...page.items)
    if (items.length >= page.head || page.items.length === 0) return items
  }
}

export interface LoggedEvent {
  seq: number
  type: string
  actorId: string
  data: { message?: { clientId: string; text: string }; userId?: string }
}

export const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
