interface Subscriber {
  send(frame: string): void
}

/** Topics for streams: the runtime has them for sockets alone. Costs nothing while there is no stream. */
export interface StreamTopics {
  add(topic: string, connection: Subscriber): void
  remove(topic: string, connection: Subscriber): void
  isSubscribed(topic: string, connection: Subscriber): boolean
  forget(connection: Subscriber): void
  publish(topic: string, frame: string): void
  subscriberCount(topic: string): number
}

export function createStreamTopics(): StreamTopics {
  const subscribers = new Map<string, Set<Subscriber>>()
  const topicsOf = new Map<Subscriber, Set<string>>()

  function remove(topic: string, connection: Subscriber) {
    const rest = subscribers.get(topic)
    rest?.delete(connection)
    if (rest?.size === 0) subscribers.delete(topic)
    topicsOf.get(connection)?.delete(topic)
  }

  return {
    add(topic, connection) {
      put(subscribers, topic, connection)
      put(topicsOf, connection, topic)
    },
    remove,
    isSubscribed: (topic, connection) => subscribers.get(topic)?.has(connection) === true,
    forget(connection) {
      for (const topic of topicsOf.get(connection) ?? []) remove(topic, connection)
      topicsOf.delete(connection)
    },
    publish(topic, frame) {
      if (subscribers.size === 0) return
      for (const connection of subscribers.get(topic) ?? []) connection.send(frame)
    },
    subscriberCount: (topic) => subscribers.get(topic)?.size ?? 0,
  }
}

function put<Key, Item>(sets: Map<Key, Set<Item>>, key: Key, item: Item) {
  const set = sets.get(key)
  if (set) set.add(item)
  else sets.set(key, new Set([item]))
}
