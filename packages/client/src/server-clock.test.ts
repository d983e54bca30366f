import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { aGroup, twoInAGroup } from '../test/world.ts'

const hoursMs = 3_600_000

for (const offMs of [-7 * hoursMs, 5 * hoursMs])
  test(`[SDK140] a clock that is off by ${offMs / hoursMs} h is seen through at the first hello`, async () => {
    const { world, ann, bob, group } = aGroup()
    const { chat, network } = world.device(ann, { clockOffMs: offMs })
    await world.pass()
    // What the hello took on its way.
    expect(chat.serverNow() - world.clock.now()).toBe(-1)

    // On its way a message bears the server's time, and stands after what is held.
    network.up = false
    const handle = chat.conversation(group.id)
    world.server.send(group.id, bob.id, 'earlier', 'b1')
    const at = world.clock.now()
    const { sent } = handle.send('now')
    const [pending] = handle.timeline.get().items
    expect(pending).toMatchObject({ status: 'sending', createdAt: new Date(at - 1).toISOString() })
    network.up = true
    await world.pass(60_000)
    expect((await sent).text).toBe('now')
    expect(chat.status.get()).toEqual({ status: 'online' })

    // Typing ends by what has passed, not by what the clock says.
    world.server.typing(group.id, bob.id, true)
    await world.pass(5_000)
    expect(handle.typing.get()).toEqual([bob.id])
    await world.pass(1_500)
    expect(handle.typing.get()).toEqual([])
  })

test('[SDK142] the limits are the server’s own', async () => {
  const { chat, server, world, device } = await twoInAGroup()
  expect(chat.limits.get()).toEqual(defaultLimits)
  server.limits = { ...defaultLimits, textCodePoints: 99 }
  device.network.cutAll()
  await world.pass(30_000)
  expect(chat.limits.get().textCodePoints).toBe(99)
})
