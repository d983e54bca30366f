import type { Notifier } from './value.ts'

/** Listeners by type of event. One that throws doesn't keep it from the others. */
export class Emitter<Events> {
  readonly #notifier: Notifier
  readonly #listeners: { [Type in keyof Events]?: Set<(event: Events[Type]) => void> } = {}

  constructor(notifier: Notifier) {
    this.#notifier = notifier
  }

  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void {
    const listeners = this.#listeners[type] ?? new Set<(event: Events[Type]) => void>()
    this.#listeners[type] = listeners
    // Wrapped, so that the same function may listen twice.
    const entry = (event: Events[Type]) => listener(event)
    listeners.add(entry)
    return () => void listeners.delete(entry)
  }

  emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of [...(this.#listeners[type] ?? [])]) this.#notifier.call(() => listener(event))
  }
}
