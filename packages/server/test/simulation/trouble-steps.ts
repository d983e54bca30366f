import { assert } from '../../src/lib/assert.ts'
import { isStored, type Scene, type Send, type TakeStep } from './scene.ts'
import type { Seat } from './servers.ts'

/** Hours ahead and back, and the few seconds that a clock is set by now and then. */
const clockSteps = [3_600_000, -3_600_000, 5_000, -5_000, 1_500, -1_500]
/**
 * What a slower clock commits then is still within the 2 s that a sync looks back,
 * its way to the store included.
 */
const clocksApartMaxMs = 1_500
/** A server that died is there again after so long at most. */
const bootMs = 8_000

/** What goes wrong. */
export const troubleSteps = {
  cut: ({ device }) => device.network.cut(),
  hang: ({ device }) => device.network.hang(),
  stall: ({ device, what }) => device.network.stall(what % 15_000),
  outage({ device: { network }, world, what }) {
    network.up = false
    if (what % 2) network.cut()
    else network.hang()
    world.timeline.after(what % 40_000, () => {
      network.up = true
    })
  },
  restart({ device, what }) {
    device.kill({ told: what % 2 === 0, keepsDisk: true })
    device.start()
  },
  loseDisk({ device, what }) {
    device.kill({ told: what % 2 === 0, keepsDisk: false })
    device.start()
  },
  deviceClock: ({ device, what }) => device.stepClock(clockSteps[what % clockSteps.length] ?? 0),
  serverClock(scene) {
    const ms = clockSteps[scene.what % clockSteps.length] ?? 0
    const { world } = scene
    world.servers.stepClock(seatOf(scene), ms)
    world.serverClocksErred ||= world.servers.clocksApartMs > clocksApartMaxMs
  },
  crash: (scene) => crash(scene, scene.what % 3 !== 0),
  crashBeforeCommit: (scene) => meet(scene, 'crash before commit'),
  crashAfterCommit: (scene) => meet(scene, 'crash after commit'),
  diskFull: (scene) => meet(scene, 'disk full'),
  drain(scene) {
    const { node } = seatOf(scene)
    node?.gateway.drain()
    scene.world.timeline.after(2_000, () => {
      if (seatOf(scene).node === node) crash(scene, true)
    })
  },
  busCut: (scene) =>
    scene.world.servers.bus.cut(scene.what % 6_000, scene.what % 3 === 0 ? seatOf(scene).busEnd : undefined),
  backup({ world, story }) {
    story.backup = { rows: world.kept.copy(), length: world.ledger.length }
  },
  restore,
  wait: ({ world, what }) => world.pass(what % 20_000),
} satisfies Record<string, TakeStep>

function seatOf({ world: { servers }, what }: Scene): Seat {
  const seat = servers.seats[what % servers.seats.length]
  assert(seat, 'there are seats')
  return seat
}

function crash(scene: Scene, told: boolean): void {
  const { world, what } = scene
  const seat = seatOf(scene)
  world.servers.crash(seat, told)
  world.timeline.after(what % bootMs, () => world.servers.boot(seat))
}

/** With its next batch; and in any case it is there again some time later. */
function meet(scene: Scene, mishap: NonNullable<Seat['mishap']>): void {
  const { world, what } = scene
  const seat = seatOf(scene)
  seat.mishap = mishap
  world.timeline.after(bootMs + (what % bootMs), () => world.servers.boot(seat))
}

/** Every server ends, the backup is put back under another epoch, and they start again. */
function restore({ world: { servers, kept, ledger }, story, what }: Scene): void {
  const { sends, backup } = story
  if (!backup) return
  for (const seat of servers.seats) servers.crash(seat, what % 2 === 0)
  const stored = sends.filter((send) => isStored(ledger, send))
  servers.forgetPresence()
  kept.restore(backup.rows, `${kept.epoch}'`)
  ledger.cutAt(backup.length)
  for (const choice of story.choices.values()) choice.outcome = 'lost'
  const lost = stored.filter((send) => !isStored(ledger, send))
  for (const send of lost) forgive(send)
  for (const seat of servers.seats) servers.boot(seat)
}

/**
 * What was acknowledged since the backup is lost, as a restored backup loses it: also what was acknowledged
 * to another process of the device than the one that wrote it, whom it was promised to. That one shows by the
 * disk, which keeps whatever is still to be sent.
 */
function forgive(send: Send): void {
  const { device, clientId, outcome } = send
  if (outcome === 'acknowledged') send.outcome = 'refused'
  send.isLost = true
  void device.disk.kept.outbox.load(device.userId).then((held) => {
    if (outcome === 'open' && !held.some((one) => one.clientId === clientId)) send.outcome = 'refused'
  })
}
