import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

import type { Report } from './report.ts'

/**
 * JSON lines on the standard error, or lines for a person where that is a terminal. `base` is on each: of
 * several processes that write to one log, which one says it.
 */
export async function openLog(level: string, base: Record<string, number> | null = null): Promise<Logger> {
  if (!process.stderr.isTTY) return pino({ level, base }, pino.destination({ fd: 2, sync: true }))
  // Loaded at a terminal only. In this thread: a worker would cost a start 30 ms and lose the last lines.
  const { PinoPretty } = await import('pino-pretty')
  return pino({ level, base }, PinoPretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss' }))
}

export const reportTo =
  (log: Logger): Report =>
  (context, cause) =>
    log.error({ err: cause }, context)
