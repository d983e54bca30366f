import { type UserId, userId } from '@confab/protocol/ids'

/** Who lives in the demo: a bicycle workshop with a café. The first runs the installation. */
export const demoPeople = {
  mara: {
    name: 'Mara Lindqvist',
    bio: 'Keeps the workshop going. Ask me before you take the big stand.',
  },
  tobias: { name: 'Tobias Okafor', bio: 'Mechanic. If it squeaks, I have heard it already.' },
  priya: { name: 'Priya Raman', bio: 'The café. Buns at half past eleven.' },
  jonas: { name: 'Jonas Weber', bio: 'Books, receipts, insurance. Part-time optimist.' },
  leila: { name: 'Leila Haddad', bio: 'Finds volunteers and keeps them. ليلى' },
  kenji: { name: 'Kenji Mori', bio: 'Posters, signs and the website. Left-handed, right-minded.' },
  rosa: { name: 'Rosa Delgado', bio: 'Teaches children to ride, and their parents to let go.' },
  sam: { name: 'Sam Whitaker', bio: 'Apprentice since spring 🔧' },
  aisha: { name: 'Aisha Bello', bio: 'Music and events. Owner of several tambourines.' },
  piet: { name: 'Piet van Dam', bio: 'Retired. Forty-one years of hubs.' },
} as const satisfies Record<string, { name: string; bio: string }>

export type Who = keyof typeof demoPeople

const isWho = (word: string): word is Who => Object.hasOwn(demoPeople, word)
export const everybody = Object.keys(demoPeople).filter(isWho)

/** The same at each start, so that everybody keeps their drawn face. */
export const demoId = (who: Who): UserId =>
  userId.parse(`01939c2e-0000-7000-8000-${String(everybody.indexOf(who) + 1).padStart(12, '0')}`)

/** Nobody can have it: `.example` is kept for such as these (RFC 2606). */
export const demoEmail = (who: Who): string => `${who}@lantern.example`

/** What the sign-in page shows of them. */
export const demoSignIns = everybody.map((who) => ({
  id: demoId(who),
  email: demoEmail(who),
  name: demoPeople[who].name,
  bio: demoPeople[who].bio,
}))
