/** The n-th id of a kind: made up, the same in every run, and in the form of a UUIDv7. */
export function uuid(kind: string, number: number): string {
  let hash = 0
  for (const char of kind) hash = (hash * 31 + char.charCodeAt(0)) % 0xffff
  return `00000000-0000-7000-8000-${hash.toString(16).padStart(4, '0')}${number.toString(16).padStart(8, '0')}`
}
