import fc from 'fast-check'

/**
 * What no honest client sends where something else is expected, as JSON text: some of it can't be said
 * by a value, since parsing loses it.
 */
const hostileTexts = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '0.5',
  '1.0',
  '1e0',
  '1e400',
  '-1e400',
  '5e-324',
  '4294967295',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1'.repeat(400),
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\uffff"',
  '"%00"',
  '"../../etc/passwd"',
  '"\' OR 1=1; --"',
  '"NaN"',
  '"undefined"',
  '"[object Object]"',
  `"${'x'.repeat(70_000)}"`,
  '"\\ud83d\\ude00"',
  '[]',
  '[[]]',
  '{}',
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":1,"valueOf":null,"toJSON":"x"}',
  '{"length":4294967295}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
]

/** 1,001 of something: one more than any list of the contract takes. */
const many = fc
  .constantFrom('1', '"x"', 'null', '"01939c2e-0000-7000-8000-000000000001"')
  .map((one) => `[${Array(1_001).fill(one).join(',')}]`)

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: many },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
)

/** A place for a text inside a value, until the value is written. */
const placeOf = (text: string) => ({ [mark]: text })
const mark = '@@text'

/** Writes a value, with the hostile texts at their places. */
export const write = (value: unknown): string =>
  JSON.stringify(value).replace(/\{"@@text":("(?:[^"\\]|\\.)*")\}/g, (_whole, text: string) =>
    JSON.parse(text),
  )

/** An object in which one thing is off: a field is hostile, is missing, is unknown, or is there twice. */
export function offByOne(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .tuple(
      valid,
      fc.nat(),
      hostileText,
      fc.constantFrom('hostile', 'hostile', 'missing', 'unknown', 'twice', 'deep'),
    )
    .map(([value, at, text, how]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return text
      const names = Object.keys(value)
      const name = names[at % Math.max(1, names.length)]
      const entries = Object.entries(value)
      if (how === 'unknown' || name === undefined) return write({ ...value, unknown: placeOf(text) })
      if (how === 'missing') return write(Object.fromEntries(entries.filter(([one]) => one !== name)))
      if (how === 'twice') return `{${JSON.stringify(name)}:${text},${write(value).slice(1)}`
      if (how === 'deep') return write({ ...value, [name]: spoil(Reflect.get(value, name), text) })
      return write({ ...value, [name]: placeOf(text) })
    })
}

/** Puts the text inside, where there is an inside. */
function spoil(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return [...value, placeOf(text)]
  if (typeof value !== 'object' || value === null) return placeOf(text)
  const [name = 'x'] = Object.keys(value)
  return { ...value, [name]: placeOf(text) }
}
