/** Deep grounds that carry white initials at 4.5:1 or more, each with a neighbour and a light. */
const palettes = [
  { back: '#1f5f5b', fore: '#17494a', accent: '#8fd6c4' },
  { back: '#7a3b52', fore: '#5f2c43', accent: '#f1b3c0' },
  { back: '#365a8c', fore: '#28456f', accent: '#a9cdf2' },
  { back: '#8a4a1f', fore: '#6e3817', accent: '#f6c795' },
  { back: '#54632a', fore: '#414e1f', accent: '#d5e39b' },
  { back: '#5d4a8a', fore: '#48386f', accent: '#cdbcf3' },
  { back: '#8b3a33', fore: '#6e2b27', accent: '#f5b4a6' },
  { back: '#3c5f3f', fore: '#2d4a31', accent: '#b3dcae' },
] as const

interface Drawing {
  back: string
  fore: string
  accent: string
  angle: number
  initials: string
}

/** The same seed draws the same face on every device. */
export function avatarOf({ seed, name }: { seed: string; name: string }): Drawing {
  const hash = hashOf(seed)
  const palette = palettes[hash % palettes.length] ?? palettes[0]
  return { ...palette, angle: ((hash >>> 8) % 12) * 30, initials: initialsOf(name) }
}

/** The first letters of the first and last word; whole graphemes, so that no emoji is torn apart. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean)
  const first = words[0]
  const last = words.length > 1 ? words.at(-1) : undefined
  return [first, last].map((word) => (word ? firstGrapheme(word).toLocaleUpperCase() : '')).join('') || '?'
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const firstGrapheme = (word: string): string => {
  const [first] = graphemes.segment(word.replace(/^[^\p{L}\p{N}\p{Emoji}]+/u, '') || word)
  return first?.segment ?? ''
}

/** FNV-1a, 32 bits. Ids of version 7 share their beginning, so all of the seed counts. */
function hashOf(seed: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < seed.length; index++) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  }
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}
