/**
 * Who is in conversation number `index`, as indexes of users: each user is in equally many, and two people
 * who share one share hardly another. The users are dealt out round after round, each round in the order
 * of another stride; a stride without a factor in common with their number visits everybody once.
 */
export function membersOf(index: number, { users, members }: { users: number; members: number }): number[] {
  const found = new Set<number>()
  for (let place = index * members; found.size < Math.min(members, users); place++) {
    const round = Math.floor(place / users)
    found.add(((place % users) * strideOf(round, users)) % users)
  }
  return [...found]
}

/** The stride of a round: 1, 3, 7 … skipping whatever shares a factor with the number of users. */
function strideOf(round: number, users: number): number {
  const found = strides.get(users) ?? []
  strides.set(users, found)
  for (let stride = (found.at(-1) ?? 0) + 1; found.length <= round; stride++) {
    if (commonFactor(stride, users) === 1) found.push(stride)
  }
  return found[round] ?? 1
}

const strides = new Map<number, number[]>()

const commonFactor = (a: number, b: number): number => (b === 0 ? a : commonFactor(b, a % b))
