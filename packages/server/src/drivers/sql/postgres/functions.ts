import { createHash } from 'node:crypto'
import type { Postgres } from './connection.ts'
import { answersFunctions } from './functions/answers.ts'
import { commitFunctions } from './functions/commit.ts'
import { conversationFunctions } from './functions/conversations.ts'
import { createMessageFunctions } from './functions/create-message.ts'
import { createMessagesFunctions } from './functions/create-messages.ts'
import { eraseFunctions } from './functions/erase.ts'
import { memberFunctions } from './functions/members.ts'
import { messageFunctions } from './functions/messages.ts'
import { ownFunctions } from './functions/own.ts'
import { oneAtATime } from './migrate.ts'

/**
 * The writes, as functions in the database: a batch is one call, so that no node ever holds a lock while it
 * thinks, or is stopped. In their texts `fn` stands for the schema that they live in. They are PL/pgSQL,
 * which keeps its plans: a function in SQL that isn't inlined is planned anew at each call.
 */
const texts = [
  answersFunctions,
  memberFunctions,
  eraseFunctions,
  createMessageFunctions,
  createMessagesFunctions,
  messageFunctions,
  conversationFunctions,
  ownFunctions,
  commitFunctions,
].join('\n')

/**
 * Puts this version's functions into a schema named by their text, if they are not there, and answers its
 * name. So a node of another version keeps its own, and both serve while one takes the other's place. An
 * installation that doesn't live in `public` has its own beside it.
 */
export async function installFunctions(postgres: Postgres): Promise<string> {
  const hash = createHash('sha256').update(texts).digest('hex').slice(0, 16)
  const home = await postgres.ask<string>('SELECT current_schema() AS answer')
  const schema = home === 'public' ? `confab_${hash}` : `${home}_${hash}`
  await postgres.script(
    oneAtATime(`
      DO $install$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '${schema}') THEN
          CREATE SCHEMA "${schema}";
          EXECUTE $functions$${texts.replaceAll(/\bfn\./g, `"${schema}".`)}$functions$;
        END IF;
      END $install$`),
  )
  return `"${schema}"`
}
