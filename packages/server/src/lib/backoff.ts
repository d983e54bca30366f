/**
 * How long to wait before a next try: longer each time up to a bound, and by chance,
 * so that not all come back at once.
 */
export const backoffMs = (
  failures: number,
  { firstMs, mostMs, random = Math.random }: { firstMs: number; mostMs: number; random?: () => number },
): number => Math.min(mostMs, firstMs * 2 ** Math.min(failures, 20)) * (0.2 + 0.8 * random())
