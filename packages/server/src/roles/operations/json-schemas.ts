import { conversation, member, myMembership } from '@confab/protocol/conversation'
import { event, wireEvent } from '@confab/protocol/event'
import { limits } from '@confab/protocol/limits'
import { message } from '@confab/protocol/message'
import { presence } from '@confab/protocol/presence'
import { receipt } from '@confab/protocol/pushes'
import { me, user } from '@confab/protocol/user'
import { z } from '@hono/zod-openapi'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** What a schema is described for: `input` as a caller writes it, `output` as the server answers. */
type Direction = 'input' | 'output'

/** The things that the contract names, described once and referred to wherever they occur. */
const named = z.registry<{ id: string }>()
named.add(user, { id: 'User' })
named.add(me, { id: 'Me' })
named.add(member, { id: 'Member' })
named.add(myMembership, { id: 'Membership' })
named.add(conversation, { id: 'Conversation' })
named.add(message, { id: 'Message' })
named.add(event, { id: 'Event' })
named.add(receipt, { id: 'Receipt' })
named.add(presence, { id: 'Presence' })
named.add(limits, { id: 'Limits' })

/** Describes zod schemas as JSON Schema 2020-12, gathering the named ones for `#/components/schemas`. */
export class JsonSchemas {
  readonly components: Record<string, JsonSchema> = {}

  describe(schema: z.ZodType, io: Direction): JsonSchema {
    const { $schema, $defs, ...described } = z.toJSONSchema(schema === wireEvent ? event : schema, {
      io,
      metadata: named,
      unrepresentable: 'any',
      override: describeAsMeant,
    })
    for (const [name, definition] of Object.entries($defs ?? {})) this.#keep(name, definition)
    const { id, ...rest } = described
    if (typeof id !== 'string' || !('properties' in rest || 'oneOf' in rest)) return pointed(described)
    this.#keep(id, rest)
    return { $ref: `#/components/schemas/${id}` }
  }

  #keep(name: string, definition: JsonSchema) {
    const { id, ...schema } = definition
    this.components[name] ??= pointed(schema)
  }
}

/** Where the definitions really lie. */
const pointed = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

function describeAsMeant({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: JsonSchema }) {
  // What a check by hand means, which no schema can be read out of.
  Object.assign(jsonSchema, z.globalRegistry.get(zodSchema))
  // A later version may say more: a client ignores what it doesn't know.
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
  // The SDK checks an event's envelope alone; what the server sends is an Event.
  if (zodSchema === wireEvent) jsonSchema.$ref = '#/components/schemas/Event'
}
