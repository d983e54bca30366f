/** What a reply may weigh, so that its frame stays under the 1 MiB that either side may send. */
export const replyBytesMax = 960 * 1024

/**
 * Counts what has gone into a reply. Once something did not fit, smaller things may still.
 *
 * What surely fits is only guessed at: a reply is written once more than it must be for each time that it is
 * measured, and most are far below what they may weigh. It is measured once the guesses no longer fit.
 */
export class ReplyBudget {
  #left: number
  #guessed: unknown[] = []
  #guessedBytes = 0

  constructor(bytes = replyBytesMax) {
    this.#left = bytes
  }

  get left(): number {
    this.#measure()
    return this.#left
  }

  /** Takes the room of what must go in, however much that is. */
  reserve(item: unknown): void {
    this.#guessed.push(item)
    this.#guessedBytes += jsonBytesMax(item) + 1
  }

  /** Takes the item's room and is true, or is false and takes nothing. */
  fits(item: unknown): boolean {
    const bytesMax = jsonBytesMax(item) + 1
    if (this.#guessedBytes + bytesMax <= this.#left) {
      this.#guessed.push(item)
      this.#guessedBytes += bytesMax
      return true
    }
    this.#measure()
    const bytes = jsonBytes(item) + 1
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  #measure(): void {
    for (const item of this.#guessed) this.#left -= jsonBytes(item) + 1
    this.#guessed = []
    this.#guessedBytes = 0
  }
}

export const jsonBytes = (item: unknown): number => Buffer.byteLength(JSON.stringify(item))

/** Never less than the JSON has: a character up to 6, `\u0000`, a number 25, -0.0000012345678901234567. */
function jsonBytesMax(item: unknown): number {
  if (typeof item === 'string') return 6 * item.length + 2
  if (typeof item !== 'object' || item === null) return 25
  let bytes = 2
  if (Array.isArray(item)) for (const one of item) bytes += jsonBytesMax(one) + 1
  else
    for (const name in item)
      bytes += 6 * name.length + 4 + jsonBytesMax((item as Record<string, unknown>)[name])
  return bytes
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
