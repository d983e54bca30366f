import type { BusMessage } from '../../ports/bus.ts'

/**
 * What travels on a channel: who published it, its seq and its tag, parted by spaces, a line's end, the body.
 */
export const encodeFrame = (origin: string, { seq, tag = '', body }: BusMessage): string =>
  `${origin} ${seq} ${tag}\n${body}`

/** Undefined for what is no such frame. */
export function decodeFrame(
  channel: string,
  text: string,
): { origin: string; message: BusMessage } | undefined {
  const end = text.indexOf('\n')
  const [origin, seq, tag, more] = text.slice(0, Math.max(end, 0)).split(' ')
  if (!origin || !seq || tag === undefined || more !== undefined || !/^\d{1,16}$/.test(seq)) return undefined
  const message = { channel, seq: Number(seq), body: text.slice(end + 1) }
  return { origin, message: tag === '' ? message : { ...message, tag } }
}
