/** Puts it last, and forgets the first above the bound: a map of what was put lately. */
export function putLatest<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  { value, max }: { value: Value; max: number },
): void {
  map.delete(key)
  map.set(key, value)
  const [first] = map.keys()
  if (map.size > max && first !== undefined) map.delete(first)
}
