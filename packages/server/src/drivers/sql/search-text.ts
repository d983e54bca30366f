/** What is searched in, and for: case, accents and compatibility forms make no difference. */
export const searchText = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()

/** Where a search may begin: each word of the name to the name's end, and the handle. */
export function searchWords({ name, handle }: { name: string; handle: string }): Set<string> {
  const folded = searchText(name)
  const words = new Set([handle])
  for (const { index } of folded.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)) words.add(folded.slice(index))
  return words
}
