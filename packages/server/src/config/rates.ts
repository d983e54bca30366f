import { uuidPattern } from '@confab/protocol/ids'
import {
  defaultRates,
  isRateName,
  type Rate,
  type RateName,
  type Rates,
  rateNames,
} from '@confab/protocol/rates'
import { z } from 'zod'
import { list, parsedBy } from './words.ts'

type SetRates = Partial<Record<RateName, { burst: number; perMinute: number }>>

const aRate = `must be limits like search=60 or reads=1200:600 (a minute, and at once), parted by commas`
const rateWord = /^([a-z-]+)=(\d{1,7}(?:\.\d{1,3})?)(?::(\d{1,7}))?$/

/** `search=60, reads=1200:600`: so many a minute, and so many at once; as many as a minute's unless said. */
export const rates = z.string().transform((text, context) => {
  const set: SetRates = {}
  for (const word of list(text)) {
    const [, name = '', perMinute = '', burst] = rateWord.exec(word) ?? []
    const rate = { perMinute: Number(perMinute), burst: burst === undefined ? Math.ceil(+perMinute) : +burst }
    const wrong = whyNoRate(name, rate)
    if (wrong !== undefined) {
      context.addIssue(wrong)
      return z.NEVER
    }
    if (isRateName(name)) set[name] = rate
  }
  return set
})

function whyNoRate(name: string, { perMinute, burst }: { perMinute: number; burst: number }) {
  if (name === 'messages' || name === 'reactions')
    return `has no ${name}: set ${name.toUpperCase()}_PER_MINUTE`
  if (name === '' || !(perMinute > 0) || burst < 1) return aRate
  return isRateName(name) ? undefined : `knows ${Object.keys(defaultRates).join(', ')}`
}

/** All of them: as set, else as they are by default. Messages and reactions have settings of their own. */
export function ratesOf(
  set: SetRates,
  { messages, reactions }: { messages: number | undefined; reactions: number | undefined },
): Rates {
  const rateOf = (name: RateName): [RateName, Rate] => [name, { ...defaultRates[name], ...set[name] }]
  const all = Object.fromEntries(rateNames.map(rateOf)) as Record<RateName, Rate>
  const evenly = (perMinute: number) => ({ scope: 'user', perMinute, burst: perMinute }) as const
  return {
    ...all,
    ...(messages !== undefined && { messages: evenly(messages) }),
    ...(reactions !== undefined && { reactions: evenly(reactions) }),
  }
}

/** `administrators=5, 0193…=20`: how many times as much they may do. */
export const rateTiers = parsedBy(
  parseTiers,
  'must be multiples like administrators=5, members=1, or a user’s id=20, from 1 to 1000, parted by commas',
)

function parseTiers(text: string) {
  const tiers = { administrators: 1, members: 1, users: new Map<string, number>() }
  for (const word of list(text)) {
    const [, who = '', times] = /^([\w-]+)=(\d{1,4})$/.exec(word) ?? []
    const isGood = Number(times) >= 1 && Number(times) <= 1_000
    if (isGood && (who === 'administrators' || who === 'members')) tiers[who] = Number(times)
    else if (isGood && uuidPattern.test(who)) tiers.users.set(who, Number(times))
    else return undefined
  }
  return tiers
}

/** `5/15/30`: failures, and minutes. */
export const lockout = parsedBy(
  parseLockout,
  'must be failures/minutes/minutes like 5/15/30: so many failures within a time lock for another (1 to 100, 1 to 1440)',
)

function parseLockout(text: string) {
  const [, failures = 0, within = 0, lock = 0] = (
    /^(\d{1,3})\/(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? []
  ).map(Number)
  const isGood =
    failures >= 1 && failures <= 100 && [within, lock].every((time) => time >= 1 && time <= 1_440)
  return isGood ? { failures, withinMs: within * 60_000, lockMs: lock * 60_000 } : undefined
}
