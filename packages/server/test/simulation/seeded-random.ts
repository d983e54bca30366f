/** Mulberry32: small, and the same everywhere. From 0 to 1, 1 left out. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Chance for one part of a run. Each part has its own, so that a step left out changes no other part's luck.
 */
export class Dice {
  readonly next: () => number

  constructor(seed: number, part: string) {
    let mixed = seed >>> 0
    for (const char of part) mixed = Math.imul(mixed ^ char.charCodeAt(0), 0x01000193) >>> 0
    this.next = seededRandom(mixed)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A whole number from 0 to `end`, `end` left out. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }
}
