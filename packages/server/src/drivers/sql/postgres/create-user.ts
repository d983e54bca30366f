import { assert } from '../../../lib/assert.ts'
import type { Store } from '../../../ports/store.ts'
import { handlesFor } from '../create-user.ts'
import { namedForm } from './commit.ts'
import type { Postgres } from './connection.ts'

/** Tries the handles that a wish allows, one after the other: which are free, the database alone knows. */
export function prepareCreateUser(postgres: Postgres, schema: string): Store['createUser'] {
  const create = `SELECT ${schema}.create_user($1::text::jsonb) AS answer`
  return async ({ id, name, handle: wish, at }) => {
    for (const handle of handlesFor(wish, id)) {
      const user = { id, name, handle, at, ...namedForm(name) }
      if (await postgres.ask<boolean>(create, [JSON.stringify(user)])) return
    }
    assert(false, `${id}: no handle of theirs is free`)
  }
}
