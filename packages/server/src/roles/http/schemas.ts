import { uuidPattern } from '@confab/protocol/ids'
import { listItems } from '@confab/protocol/limits'
import { type RefusalCode, refusalStatus, refusalTitles } from '@confab/protocol/refusal'
import { seq } from '@confab/protocol/requests'
import { z } from '@hono/zod-openapi'

/** A body of JSON, for a route's `request`. Required, since without it the schema would not be looked at. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

/** An answer of JSON, for a route's `responses`. */
export const jsonAnswer = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
})

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** The refusals that a route may answer with, for its `responses`: each status with what it means there. */
export function problemAnswers(...codes: RefusalCode[]) {
  const answers: Record<
    number,
    { description: string; content: Record<string, { schema: typeof problem }> }
  > = {}
  for (const code of codes) {
    const status = refusalStatus[code]
    const description = [answers[status]?.description, `\`${code}\`: ${refusalTitles[code]}`].filter(Boolean)
    answers[status] = {
      description: description.join('; '),
      content: { 'application/problem+json': { schema: problem } },
    }
  }
  return answers
}

/** A number in a query string. */
export const queryInt = z
  .string()
  .regex(/^\d{1,16}$/, 'must be a whole number')
  .transform(Number)

/** Of an event, as part of a path. */
export const seqInPath = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .pipe(seq)

/** `?limit=`: who asks for more than the most is answered with the most. */
export const queryLimit = (bound: { default: number; max: number }) =>
  queryInt
    .refine((wanted) => wanted > 0, 'must be at least 1')
    .meta({ minimum: 1 })
    .transform((wanted) => Math.min(wanted, bound.max))
    .default(bound.default)

export const listQuery = z.object({ cursor: z.string().max(512).optional(), limit: queryLimit(listItems) })

const uuid = uuidPattern.source.slice(1, -1)

/** `?ids=a,b`: at most as many as a list has items. */
export const queryIds = <Id extends z.ZodType<unknown, string>>(id: Id, max = listItems.max) =>
  z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(id).max(max))
    .meta({ pattern: `^(?:${uuid})?(?:,(?:${uuid})?)*$` })

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() })
