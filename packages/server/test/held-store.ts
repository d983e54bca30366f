/** A call of the store that a test holds back. */
export interface HeldCall {
  /** Resolves when somebody has made it. */
  made: Promise<void>
  letGo(): void
}

/** A store whose next call of a name waits before it reads, or has read and waits before it answers. */
export function holdable<Store extends object>(store: Store) {
  const holds = new Map<PropertyKey, { when: 'before' | 'after'; made: () => void; gate: Promise<void> }>()

  const held = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...params: unknown[]): unknown => {
        const hold = holds.get(name)
        if (!hold) return Reflect.apply(member, target, params)
        holds.delete(name)
        const waited = async () => {
          hold.made()
          await hold.gate
        }
        if (hold.when === 'before') return waited().then(() => Reflect.apply(member, target, params))
        return Promise.resolve(Reflect.apply(member, target, params)).then(async (answer) => {
          await waited()
          return answer
        })
      }
    },
  })

  function hold(name: keyof Store, when: 'before' | 'after'): HeldCall {
    const made = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    holds.set(name, { when, made: made.resolve, gate: gate.promise })
    return { made: made.promise, letGo: gate.resolve }
  }

  return { store: held, hold }
}
