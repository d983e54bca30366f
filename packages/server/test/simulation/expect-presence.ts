import { expect } from 'bun:test'
import type { UserId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { look } from '../../src/domain/presence/shown.ts'
import type { Device } from './device.ts'
import { expectSame } from './expect-equal.ts'
import type { Node } from './node.ts'
import type { Choice } from './scene.ts'
import type { World } from './world.ts'

/** A look, with all that it asks, is answered within it. */
const lookMs = 1_000
/** A server that died without a goodbye leaves nobody behind for longer. */
const ghostsMs = 35_000

/**
 * The end of a run that has presence: what is shown of those who are watched is what a fresh look would
 * say, and that is who is here, as they have chosen. Then somebody leaves, and it is so again.
 */
export function expectPresence(world: World, choices: ReadonlyMap<UserId, Choice>): void {
  const { dice, devices, users } = world
  world.pass(ghostsMs)
  expectShown(world, choices)
  const leaver = users[dice.below(users.length)]
  const isTold = dice.chance(0.5)
  for (const { network, userId } of devices) {
    if (userId !== leaver) continue
    network.up = false
    if (isTold) network.cut()
    else network.hang()
  }
  world.pass(ghostsMs)
  expectShown(world, choices)
}

function expectShown(world: World, choices: ReadonlyMap<UserId, Choice>): void {
  const here = world.devices.filter(({ network }) => network.up)
  const looks = here.flatMap((device) =>
    world.servers.seats.flatMap(({ node }) => (node ? [lookAs(device, node)] : [])),
  )
  world.pass(lookMs)
  for (const { device, ids, seen } of looks)
    expectSame(
      { to: device.name, seen: ids.map((id) => device.chat.presence(id).get()) },
      { to: device.name, seen },
    )
  for (const device of here)
    for (const id of device.watched)
      expectTrue(world, choices.get(id), device, device.chat.presence(id).get())
}

function lookAs(device: Device, { domain }: Node): { device: Device; ids: UserId[]; seen?: Presence[] } {
  const answer: ReturnType<typeof lookAs> = { device, ids: device.watched }
  void look(domain, device.userId, answer.ids).then((seen) => {
    answer.seen = seen
  })
  return answer
}

/** By what people did, whatever the servers make of it. */
function expectTrue(world: World, choice: Choice | undefined, viewer: Device, shown: Presence): void {
  const { devices, ledger } = world
  const { visibility } = ledger
  const { userId, status, lastSeenAt } = shown
  const is = (allowed: readonly Presence['status'][]) =>
    expect({ shown, to: viewer.name, status: allowed.includes(status) }).toEqual({
      shown,
      to: viewer.name,
      status: true,
    })
  if (!visibility.seeEachOther(viewer.userId, userId)) {
    expect(shown).toEqual({ userId, status: 'offline', lastSeenAt: null })
    return
  }
  const isHere = devices.some((device) => device.userId === userId && device.network.up)
  const kept = choice?.outcome === 'acknowledged' ? keptOf(choice) : visibility.chosenBy(userId)
  if (!isHere || kept === 'invisible') is(['offline'])
  else if (kept === 'busy') is(['busy'])
  else is(choice ? ['online', 'away'] : ['online'])
  expect({ shown, isSeen: lastSeenAt === null }).toEqual({ shown, isSeen: status !== 'offline' })
}

const keptOf = ({ status }: Choice) => (status === 'busy' || status === 'invisible' ? status : null)
