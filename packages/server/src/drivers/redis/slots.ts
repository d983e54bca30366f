/** Into so many parts a cluster divides its keys and sharded channels. */
export const slotCount = 16_384

/** The part that a key belongs to: what stands between its first braces decides, if anything does. */
export function slotOf(key: string): number {
  const begin = key.indexOf('{')
  const end = begin === -1 ? -1 : key.indexOf('}', begin)
  return crc16(end > begin + 1 ? key.slice(begin + 1, end) : key) % slotCount
}

/** CRC-16/XMODEM. */
function crc16(text: string): number {
  let crc = 0
  for (const byte of Buffer.from(text)) crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ byte] ?? 0)
  return crc
}

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  return crc
})
