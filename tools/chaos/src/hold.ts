/** How long a fault lasts is part of the fault; nothing is concluded from the time that has passed. */
export const holdFor = (ms: number): Promise<void> => Bun.sleep(ms)
