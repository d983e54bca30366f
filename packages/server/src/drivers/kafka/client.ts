import { Admin, ListOffsetTimestamps } from '@platformatic/kafka'
import type { KafkaAddress } from '../../lib/kafka-address.ts'
import { readPems } from '../../lib/url-parts.ts'

/** A broker that is not there or frozen is given up after so long. */
const connectMs = 3_000
const requestMs = 5_000

/**
 * How every client here connects. It tries a request again once by itself; whoever uses it tries longer, with
 * pauses of their own. Throws an error with an exit status where a file that the address names can't be read.
 */
export const openedWith = ({ hosts, sasl, tls }: KafkaAddress) => ({
  clientId: 'confab',
  bootstrapBrokers: hosts,
  connectTimeout: connectMs,
  requestTimeout: requestMs,
  timeout: requestMs,
  retries: 1,
  retryDelay: () => 100 + Math.random() * 200,
  ...(sasl && { sasl }),
  // Who is spoken to is looked at: the name of the broker as it is told.
  ...(tls && { tls: readPems('KAFKA_BROKERS', tls), tlsServerName: true }),
})

export type Opened = ReturnType<typeof openedWith>

/** Of each partition, by its number. */
export type Offsets = Map<number, bigint>

/** What is asked about the topic and its groups, beside reading and writing. */
export function openDesk(opened: Opened, { topic, partitions }: KafkaAddress) {
  const admin = new Admin(opened)

  async function offsetsAt(timestamp: bigint): Promise<Offsets> {
    const { topics } = await admin.metadata({ topics: [topic] })
    const count = topics.get(topic)?.partitionsCount ?? 0
    const asked = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }))
    const [found] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] })
    return new Map(found?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]))
  }

  const desk = {
    /** Makes the topic if it isn't there, to be kept for ever: whoever runs the brokers may shorten that. */
    async makeTopic(): Promise<void> {
      if ((await admin.listTopics()).includes(topic)) return
      const configs = [
        { name: 'retention.ms', value: '-1' },
        // By the brokers' clock, so that no node's is trusted with what is found by time.
        { name: 'message.timestamp.type', value: 'LogAppendTime' },
      ]
      await admin
        .createTopics({ topics: [topic], partitions, replicas: -1, configs })
        .catch(async (cause: unknown) => {
          // Another node may have made it meanwhile.
          if (!(await admin.listTopics()).includes(topic)) throw cause
        })
    },
    /** Rejects while no broker answers. */
    ask: async () => void (await admin.metadata({ topics: [topic], forceUpdate: true })),
    earliest: () => offsetsAt(ListOffsetTimestamps.EARLIEST),
    latest: () => offsetsAt(ListOffsetTimestamps.LATEST),
    /** Of the first record that a broker took at or after a time, or the end. */
    async since(time: number): Promise<Offsets> {
      const [found, ends] = await Promise.all([offsetsAt(BigInt(Math.max(0, time))), desk.latest()])
      return new Map([...ends].map(([number, end]) => [number, atLeast(found.get(number), end)]))
    },
    /** How far a group has come, where it has noted that. */
    async committed(groupId: string): Promise<Offsets> {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] })
      const found = group?.topics.find(({ name }) => name === topic)?.partitions ?? []
      return new Map(
        found.flatMap(({ partitionIndex, committedOffset }) =>
          committedOffset < 0n ? [] : [[partitionIndex, committedOffset]],
        ),
      )
    },
    async isFollowed(groupId: string): Promise<boolean> {
      const groups = await admin.describeGroups({ groups: [groupId] })
      return (groups.get(groupId)?.members.size ?? 0) > 0
    },
    async put(groupId: string, offsets: Offsets): Promise<void> {
      const partitionOffsets = [...offsets].map(([partition, offset]) => ({ partition, offset }))
      await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] })
    },
    [Symbol.asyncDispose]: () => admin.close(),
  }
  return desk
}

export type Desk = ReturnType<typeof openDesk>

const atLeast = (found: bigint | undefined, end: bigint): bigint =>
  found === undefined || found < 0n ? end : found
