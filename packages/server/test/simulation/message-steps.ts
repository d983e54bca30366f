import { Refusal } from '@confab/protocol/refusal'
import { isStored, type Scene, type Send, type TakeStep } from './scene.ts'

const emojis = ['👍', '🎉']

/** What people do with messages, through the SDK. Refusals are part of it. */
export const messageSteps = {
  send: (scene) => send(scene, scene.world.newText('text')),
  mention: (scene) => send(scene, scene.world.newText(scene.what % 3 === 0 ? '@all come' : '@ann and @bob')),
  reply(scene) {
    if (scene.target !== undefined) send(scene, scene.world.newText('to that'), scene.target)
  },
  burst(scene) {
    for (let count = scene.what % 40; count >= 0; count--) send(scene, scene.world.newText('many'))
  },
  forward(scene) {
    const { world, handle, device, id, target, what } = scene
    const to = world.conversations[what % world.conversations.length]
    if (target === undefined || to === undefined || !device.knows(to)) return
    note(scene, { forward: { conversationId: id, seq: target } }, handle.forward(target, to), to)
  },
  sendAgain,
  edit(scene) {
    const text = scene.world.newText(scene.what % 4 === 0 ? 'edited, @bob' : 'edited')
    on(scene, (seq) => scene.handle.edit(seq, text), scene.ownTarget)
  },
  delete: (scene) => on(scene, (seq) => scene.handle.delete(seq), scene.ownTarget),
  react(scene) {
    const { handle, device, story, what } = scene
    const emoji = emojis[what % 2] ?? ''
    on(scene, (seq) => {
      story.reactions.set(device, { handle, seq, emoji })
      return handle.react(seq, emoji)
    })
  },
  unreact({ device, story: { reactions } }) {
    const { handle, seq, emoji } = reactions.get(device) ?? {}
    if (handle && seq !== undefined && emoji)
      device.follow(device.chat.conversation(handle.id).unreact(seq, emoji))
  },
  pin: (scene) => on(scene, (seq) => (scene.what % 3 ? scene.handle.pin(seq) : scene.handle.unpin(seq))),
  read: ({ handle }) => handle.read(),
  readSome: ({ handle, log, what }) => handle.read(Math.max(1, (log?.events.length ?? 1) - (what % 8))),
  typing: ({ handle, what }) => handle.setTyping(what % 3 !== 0),
  open: ({ handle }) => void handle.open(),
  earlier: ({ handle }) => void handle.loadEarlier(),
  /** As a program does that keeps nothing: the whole log is a page here. */
  page: ({ device, id, what }) =>
    device.follow(
      device.request(
        'GET',
        `/api/v1/conversations/${id}/${what % 3 === 0 ? 'events' : 'messages'}?limit=100`,
      ),
    ),
} satisfies Record<string, TakeStep>

/** Mostly to one's own, where that is given: what is done to others' is refused. */
function on({ device, target, what }: Scene, act: (seq: number) => Promise<unknown>, own = target): void {
  const seq = what % 4 === 0 ? target : own
  if (seq !== undefined) device.follow(act(seq))
}

function send(scene: Scene, text: string, replyToSeq?: number): void {
  const content = { text, ...(replyToSeq !== undefined && { replyToSeq }) }
  note(scene, content, scene.handle.send(content), scene.id)
}

function note(
  { device, story, world }: Scene,
  content: Send['content'],
  { clientId, sent }: { clientId: string; sent: Promise<unknown> },
  conversationId: Send['conversationId'],
): void {
  const writtenTo = device.chat.ready.get() ? device.disk : device.chat
  const noted: Send = { device, writtenTo, conversationId, clientId, content, outcome: 'open' }
  story.sends.push(noted)
  device.follow(
    sent.then(
      () => {
        // An answer from before a restore promises nothing:
        // one from after it comes when the message is stored.
        const isFromBefore = noted.isLost && !isStored(world.ledger, noted)
        noted.outcome = isFromBefore ? 'refused' : 'acknowledged'
      },
      (error) => {
        // Only the server may say no: whatever else went wrong, it is still to be sent.
        if (error instanceof Refusal) noted.outcome = 'refused'
      },
    ),
  )
}

/**
 * The same once more, from beside the SDK and perhaps at the same moment, over REST;
 * or another under its name.
 */
function sendAgain({ world, story: { sends }, what }: Scene): void {
  const again = sends[what % (sends.length || 1)]
  if (!again) return
  const { device, conversationId, clientId, content } = again
  const isOther = what % 5 === 0
  const body = { clientId, ...(isOther ? { text: world.newText('another') } : content) }
  const askedIn = world.kept.epoch
  const sent = device.request('POST', `/api/v1/conversations/${conversationId}/messages`, body)
  device.follow(
    sent.then((answer) => {
      if (isOther && answer.status === 200) world.violate(`another content under ${clientId} was answered`)
      // What was answered before a restore may come after it, and is lost with what it told of.
      else if (world.kept.epoch !== askedIn) return
      // Where the other one came first, the SDK's own is refused.
      else if (answer.ok) again.outcome = isOther ? 'refused' : 'acknowledged'
    }),
  )
}
