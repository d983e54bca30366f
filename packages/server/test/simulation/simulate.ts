import type { Event } from '@confab/protocol/event'
import { assert } from '../../src/lib/assert.ts'
import { expectEqual } from './expect-equal.ts'
import { expectPresence } from './expect-presence.ts'
import type { Scene, Story } from './scene.ts'
import { type Step, takeStep } from './steps.ts'
import { type Climate, type Stage, World } from './world.ts'

export interface Run {
  readonly seed: number
  readonly climate: Climate
  readonly steps: readonly Step[]
}

/**
 * People with their devices, a server or two, and everything that can go wrong between them. At the end
 * the weather clears, and what everybody holds must be what the log says. Throws what was wrong; answers
 * the logs.
 */
export function simulate(stage: Stage, { seed, climate, steps }: Run): Event[][] {
  const world = new World(stage, seed, climate)
  const story: Story = { sends: [], reactions: new Map(), choices: new Map(), backup: undefined }
  world.pass(1_000)
  for (const step of steps) {
    takeStep[step.kind](sceneOf(world, story, step))
    world.pass(world.dice.chance(0.5) ? world.dice.below(12) : world.dice.below(600))
  }
  world.clearUp()
  expectEqual(world, story.sends)
  if (climate.presence) expectPresence(world, story.choices)
  return [...world.ledger.logs.values()].map(({ events }) => events)
}

function sceneOf(world: World, story: Story, { who, where, what }: Step): Scene {
  const device = world.devices[who % world.devices.length]
  const id = world.conversations[where % world.conversations.length]
  assert(device && id, 'there are devices and conversations')
  const log = world.ledger.logs.get(id)
  const recent = [...(log?.messages ?? [])].slice(-6).reverse()
  const own = recent.filter(([, { senderId }]) => senderId === device.userId)
  const target = recent[what % (recent.length || 1)]?.[0]
  const ownTarget = own[what % (own.length || 1)]?.[0]
  return { world, story, device, id, handle: device.chat.conversation(id), log, target, ownTarget, what }
}
