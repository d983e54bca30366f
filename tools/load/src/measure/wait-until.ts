const lookMs = 20

/** Waits for a condition, never for a time; throws when it has not come to hold within the bound. */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { withinMs }: { withinMs: number },
): Promise<void> {
  const until = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`${what}: not within ${withinMs / 1_000} s`)
    await Bun.sleep(lookMs)
  }
}
