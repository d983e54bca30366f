/** A text of 200 bytes, none of which JSON escapes. */
export const text200 = 'The quick brown fox jumps over the lazy dog. '.repeat(5).slice(0, 200)
