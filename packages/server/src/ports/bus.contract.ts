import { expect, test } from 'bun:test'
import type { Report } from '../lib/report.ts'
import type { Bus, BusListener, BusMessage } from './bus.ts'

export interface BusUnderTest extends AsyncDisposable {
  /** Two nodes of one bus; a driver without nodes gives the same twice. */
  here: Bus
  there: Bus
}

export function busContract(open: (options: { report: Report }) => Promise<BusUnderTest>): void {
  const report: Report = (_context, cause) => {
    throw cause
  }

  test('[BUS1] a message reaches every listener of its channel, on every node, and nobody else', async () => {
    await using bus = await open({ report })
    const [first, second, stranger] = [recorder(), recorder(), recorder()]
    await bus.here.subscribe(['c:1', 'c:2'], first.listener)
    await bus.there.subscribe(['c:1'], second.listener)
    await bus.there.subscribe(['c:3'], stranger.listener)
    bus.here.publish([message('c:1', 1), message('c:2', 1), message('c:3', 7)])
    expect(await first.heard(2)).toEqual([message('c:1', 1), message('c:2', 1)])
    expect(await second.heard(1)).toEqual([message('c:1', 1)])
    expect(await stranger.heard(1)).toEqual([message('c:3', 7)])
  })

  test('[BUS2] a channel is heard in the order of publishing', async () => {
    await using bus = await open({ report })
    const { listener, heard } = recorder()
    await bus.there.subscribe(['c'], listener)
    const sent = Array.from({ length: 500 }, (_, index) => message('c', index + 1))
    bus.here.publish(sent.slice(0, 200))
    for (const one of sent.slice(200)) bus.here.publish([one])
    expect(await heard(500)).toEqual(sent)
  })

  test('[BUS2] what a listener publishes comes after what it heard, for everybody', async () => {
    await using bus = await open({ report })
    const { listener, heard } = recorder()
    await bus.here.subscribe(['c'], ({ seq }) => {
      if (seq === 1) bus.here.publish([message('c', 2)])
    })
    await bus.here.subscribe(['c'], listener)
    bus.here.publish([message('c', 1)])
    expect(await heard(2)).toEqual([message('c', 1), message('c', 2)])
  })

  test('[BUS3] a listener hears nothing after it has unsubscribed; the others of the channel do', async () => {
    await using bus = await open({ report })
    const [gone, stays] = [recorder(), recorder()]
    await bus.here.subscribe(['c', 'd'], gone.listener)
    await bus.here.subscribe(['c', 'd'], stays.listener)
    bus.here.publish([message('c', 1)])
    await gone.heard(1)
    bus.here.unsubscribe(['c'], gone.listener)
    bus.here.publish([message('c', 2), message('d', 1)])
    await stays.heard(3)
    expect(await gone.heard(2)).toEqual([message('c', 1), message('d', 1)])
  })

  test('[BUS3] a listener that another one unsubscribes while a message is told does not hear it', async () => {
    await using bus = await open({ report })
    const [gone, last] = [recorder(), recorder()]
    await bus.here.subscribe(['c'], () => bus.here.unsubscribe(['c'], gone.listener))
    await bus.here.subscribe(['c'], gone.listener)
    await bus.here.subscribe(['c'], last.listener)
    bus.here.publish([message('c', 1)])
    expect(await last.heard(1)).toEqual([message('c', 1)])
    expect(gone.all()).toEqual([])
  })

  test('[BUS4] a listener subscribed twice hears once, and one unsubscribe ends it', async () => {
    await using bus = await open({ report })
    const [twice, witness] = [recorder(), recorder()]
    await bus.here.subscribe(['c', 'c'], twice.listener)
    await bus.here.subscribe(['c'], twice.listener)
    await bus.here.subscribe(['c'], witness.listener)
    bus.here.publish([message('c', 1)])
    await witness.heard(1)
    bus.here.unsubscribe(['c'], twice.listener)
    bus.here.publish([message('c', 2)])
    await witness.heard(2)
    expect(twice.all()).toEqual([message('c', 1)])
  })

  test('[BUS5] a listener that throws keeps a message from nobody, and its error is reported', async () => {
    const errors: unknown[] = []
    await using bus = await open({ report: (_context, cause) => errors.push(cause) })
    const { listener, heard } = recorder()
    const error = new Error('a bug')
    await bus.here.subscribe(['c'], () => {
      throw error
    })
    await bus.here.subscribe(['c'], listener)
    bus.here.publish([message('c', 1), message('c', 2)])
    expect(await heard(2)).toEqual([message('c', 1), message('c', 2)])
    expect(errors).toEqual([error, error])
  })

  test('[BUS6] what is published right after subscribe has resolved is heard', async () => {
    await using bus = await open({ report })
    for (let round = 1; round <= 20; round++) {
      const { listener, heard } = recorder()
      await bus.there.subscribe([`c:${round}`], listener)
      bus.here.publish([message(`c:${round}`, round)])
      expect(await heard(1)).toEqual([message(`c:${round}`, round)])
    }
  })
}

const message = (channel: string, seq: number): BusMessage => ({ channel, seq, body: `${channel}#${seq}` })

/** A listener that keeps what it hears. `heard(count)` waits until it is that much, and answers all of it. */
function recorder() {
  const kept: BusMessage[] = []
  const waiters: { count: number; resolve: (heard: BusMessage[]) => void }[] = []
  const listener: BusListener = (heard) => {
    kept.push(heard)
    for (const { count, resolve } of waiters) if (kept.length >= count) resolve([...kept])
  }
  return {
    listener,
    all: () => [...kept],
    heard: (count: number) =>
      new Promise<BusMessage[]>((resolve) => {
        if (kept.length >= count) resolve([...kept])
        else waiters.push({ count, resolve })
      }),
  }
}
