import { conversationId } from '@confab/protocol/ids'
import { assert } from '../../src/lib/assert.ts'
import type { Choice, Scene, TakeStep } from './scene.ts'

const statuses = ['online', 'away', 'busy', 'invisible'] as const
const roles = ['admin', 'member', 'owner', 'admin'] as const
const conversationsMax = 6

/** Who is where and what they are called, through the SDK where it has a call. */
export const peopleSteps = {
  rename: ({ device, handle, world }) => device.follow(handle.change({ name: world.newText('Name') })),
  profile: ({ device, world }) => device.follow(device.chat.updateProfile({ name: world.newText('Person') })),
  mute: ({ device, handle, what }) =>
    device.follow(handle.update({ muted: what % 2 === 0, pinned: what % 3 === 0 })),
  draft: ({ device, handle, what }) =>
    device.follow(handle.update({ draft: what % 3 === 0 ? null : `draft ${what}` })),
  status: choose,
  watch: (scene) => scene.device.watch(other(scene)),
  unwatch: (scene) => scene.device.unwatch(other(scene)),
  lookUp({ device, world }) {
    device.follow(device.request('GET', `/api/v1/presence?userIds=${world.users.join(',')}`))
  },
  block(scene) {
    const method = scene.what % 3 === 0 ? 'PUT' : 'DELETE'
    scene.device.follow(scene.device.request(method, `/api/v1/me/blocks/${other(scene)}`))
  },
  leave: ({ device, handle }) => device.follow(handle.leave()),
  remove: (scene) => scene.device.follow(scene.handle.removeMember(other(scene))),
  add: (scene) => scene.device.follow(scene.handle.addMembers([other(scene)])),
  join: ({ device, id }) => device.follow(device.chat.join(id)),
  role(scene) {
    const role = roles[scene.what % roles.length]
    const path = `/api/v1/conversations/${scene.id}/members/${other(scene)}`
    scene.device.follow(scene.device.request('PUT', path, { role }))
  },
  create(scene) {
    const { world, device } = scene
    if (world.conversations.length >= conversationsMax) return
    const made = device.chat.createConversation({
      kind: 'group',
      name: world.newText('New'),
      memberIds: [other(scene)],
    })
    device.follow(made.then(({ id }) => void world.conversations.push(conversationId.parse(id))))
  },
} satisfies Record<string, TakeStep>

function choose({ device, story: { choices }, what }: Scene): void {
  const status = statuses[what % statuses.length] ?? 'online'
  const before = choices.get(device.userId)
  const choice: Choice = { status, outcome: before && before.outcome !== 'acknowledged' ? 'lost' : 'open' }
  choices.set(device.userId, choice)
  const links = [...device.network.links]
  const isTold = () => links.every((link) => link.isOpen) && links.length === 1
  const chosen = device.chat.setStatus(status)
  // Out of reach the SDK answers at once, and tells it later.
  const settle = (isAnswered: boolean) => {
    if (choice.outcome === 'open') choice.outcome = isAnswered && isTold() ? 'acknowledged' : 'lost'
  }
  device.follow(
    chosen.then(
      () => settle(true),
      () => settle(false),
    ),
  )
}

function other({ world, what }: Scene) {
  const user = world.users[what % world.users.length]
  assert(user, 'there are people')
  return user
}
