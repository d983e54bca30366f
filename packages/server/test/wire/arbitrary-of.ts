import fc from 'fast-check'
import type { z } from 'zod'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** What is known of the world: by the name of a field, values that mean something there. */
export type Known = Record<string, fc.Arbitrary<unknown>>

/**
 * Values that fit a JSON schema as our documents use it (2020-12, without recursion). A field whose name is
 * known mostly takes a value that is known, so that requests reach beyond the check of their form.
 */
export function arbitraryOf(
  schema: JsonSchema,
  known: Known = {},
  components: Record<string, JsonSchema> = {},
): fc.Arbitrary<unknown> {
  return valueFor(schema)

  function valueFor(one: JsonSchema | boolean | undefined, name = ''): fc.Arbitrary<unknown> {
    const values = known[name]
    const made = make(one, name)
    return values ? fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: made }) : made
  }

  function make(one: JsonSchema | boolean | undefined, name: string): fc.Arbitrary<unknown> {
    if (typeof one !== 'object') return fc.jsonValue({ maxDepth: 2 })
    if (one.$ref !== undefined) return valueFor(components[one.$ref.split('/').at(-1) ?? ''], name)
    if (one.const !== undefined) return fc.constant(one.const)
    if (one.enum) return fc.constantFrom(...one.enum)
    const either = one.anyOf ?? one.oneOf
    if (either) return fc.oneof(...either.map((each) => valueFor(each, name)))
    if (one.allOf)
      return fc.tuple(...one.allOf.map((each) => valueFor(each))).map((all) => Object.assign({}, ...all))
    if (Array.isArray(one.type)) {
      return fc.oneof(...one.type.map((type) => make({ ...one, type: type as 'null' }, name)))
    }
    switch (one.type) {
      case 'null':
        return fc.constant(null)
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return integer(one)
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true })
      case 'string':
        return string(one)
      case 'array': {
        const items = typeof one.items === 'object' && !Array.isArray(one.items) ? one.items : undefined
        // Few of them: many are among the hostile ones.
        return fc.array(valueFor(items, name), {
          minLength: one.minItems ?? 0,
          maxLength: Math.min(one.maxItems ?? 4, 4),
        })
      }
      default:
        return object(one)
    }
  }

  function object({ properties = {}, required = [], propertyNames, additionalProperties }: JsonSchema) {
    const fields = Object.entries(properties).map(([name, one]) => [name, valueFor(one, name)] as const)
    const whole = fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true })
    if (typeof additionalProperties !== 'object' || propertyNames === undefined) return whole
    const names = known.conversationId ?? string(typeof propertyNames === 'object' ? propertyNames : {})
    const more = fc.dictionary(names.map(String), valueFor(additionalProperties), {
      maxKeys: 4,
      noNullPrototype: true,
    })
    return fc.tuple(whole, more).map(([named, others]) => ({ ...others, ...named }))
  }
}

function integer({ minimum, exclusiveMinimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const above = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : Number.MIN_SAFE_INTEGER
  const min = Math.max(minimum ?? Number.MIN_SAFE_INTEGER, above)
  const max = Math.min(maximum ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const small = fc.integer({ min: Math.max(min, -8), max: Math.min(max, 24) })
  return fc.oneof(
    { weight: 4, arbitrary: small },
    { weight: 1, arbitrary: fc.maxSafeInteger().map((n) => clamp(n)) },
  )

  function clamp(n: number) {
    return Math.min(max, Math.max(min, n))
  }
}

function string({ pattern, format, minLength = 0, maxLength = 24 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const at = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    return at.map((date) => date.toISOString())
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 24)) })
}
