/** How long a fault lasts is part of the fault; nothing is concluded from the time that has passed. */
export const holdFor = (ms: number): Promise<void> => Bun.sleep(ms)

/** What has not come about by then never will: a busy machine takes its time to sync 500 devices at once. */
export const neverAfterMs = 180_000
