/**
 * Draws indexes as unevenly as people are active: the n-th busiest of `count` is drawn 1/n as often as the
 * busiest (Zipf's law, exponent 1). Who is how busy, and every draw, follow from the seed.
 */
export function zipf(count: number, seed: number): () => number {
  const random = randomOf(seed)
  const byRank = shuffled(count, random)
  const below = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1)
    below[rank] = sum
  }
  return () => byRank[rankAt(below, random() * sum)] ?? 0
}

/** The first rank whose part of the sum lies beyond the point. */
function rankAt(below: Float64Array, point: number): number {
  let from = 0
  let to = below.length - 1
  while (from < to) {
    const middle = (from + to) >> 1
    if ((below[middle] ?? 0) > point) to = middle
    else from = middle + 1
  }
  return from
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const held = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = held
  }
  return order
}

/** mulberry32: every round of every system draws the same. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
