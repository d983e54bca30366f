/** What a reply may weigh, so that its frame stays under the 1 MiB that either side may send. */
export const replyBytesMax = 960 * 1024

/** Counts what has gone into a reply. Once something did not fit, smaller things may still. */
export class ReplyBudget {
  #left: number

  constructor(bytes = replyBytesMax) {
    this.#left = bytes
  }

  get left(): number {
    return this.#left
  }

  /** Takes the room of what must go in, however much that is. */
  reserve(item: unknown): void {
    this.#left -= Buffer.byteLength(JSON.stringify(item)) + 1
  }

  /** Takes the item's room and is true, or is false and takes nothing. */
  fits(item: unknown): boolean {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }
}

/** The longest beginning of the items that fits into one reply. */
export function fitting<Item>(items: readonly Item[], budget = new ReplyBudget()): Item[] {
  const end = items.findIndex((item) => !budget.fits(item))
  return end === -1 ? [...items] : items.slice(0, end)
}

/**
 * The longest run of the items around the one at `index` that fits into one reply: both ends grow in turn.
 */
export function fittingAround<Item>(
  items: readonly Item[],
  index: number,
  budget = new ReplyBudget(),
): Item[] {
  let start = Math.min(index, items.length)
  let end = start
  let [growsBack, growsOn] = [true, true]
  while (growsBack || growsOn) {
    growsOn &&= end < items.length && budget.fits(items[end])
    if (growsOn) end++
    growsBack &&= start > 0 && budget.fits(items[start - 1])
    if (growsBack) start--
  }
  return items.slice(start, end)
}
