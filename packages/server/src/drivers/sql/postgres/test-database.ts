import { SQL } from 'bun'

/** Where `tools/services` says that a PostgreSQL runs for the tests; without one they are skipped. */
export const testPostgresUrl = process.env.TEST_POSTGRES_URL

/** Empty again after a test, for the next one: to make the tables costs more than most tests do. */
const free: string[] = []

interface TestDatabase extends AsyncDisposable {
  url: string
  /** For the next test, on the connections of this one. */
  empty(): Promise<void>
}

/**
 * A place of its own for one installation: a role that is no superuser, and a schema of its name, which is
 * where PostgreSQL looks first; with `isNew`, nobody has made tables there, and nobody else gets it afterwards.
 * The engine is gone after the run, and all of them with it.
 */
export async function createTestDatabase({ isNew = false } = {}): Promise<TestDatabase> {
  if (testPostgresUrl === undefined) throw new Error('no PostgreSQL to test with')
  const role = (isNew ? undefined : free.pop()) ?? (await createRole())
  const url = new URL(testPostgresUrl)
  url.username = role
  const empty = () => run(emptyAll(role))
  return {
    url: url.href,
    empty,
    async [Symbol.asyncDispose]() {
      await empty()
      if (!isNew) free.push(role)
    },
  }
}

/**
 * One after the other: PostgreSQL refuses two grants on one database at once ("tuple concurrently updated").
 */
async function createRole(): Promise<string> {
  const role = `t_${crypto.randomUUID().replaceAll('-', '')}`
  await run(`
    SELECT pg_advisory_xact_lock(hashtext('a role for a test'));
    CREATE ROLE ${role} LOGIN;
    DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$;
    CREATE SCHEMA ${role} AUTHORIZATION ${role}`)
  return role
}

/** As if it were copied from elsewhere: no trigger of the tables sees it. */
const emptyAll = (role: string): string => `
  DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = '${role}' AND tablename <> 'schema_migrations' LOOP
      EXECUTE 'DELETE FROM ${role}.' || quote_ident(one)
        || CASE WHEN one = 'users' THEN ' WHERE created_at > 0' ELSE '' END;
    END LOOP;
  END $$`

/** Kept for the whole run: what each new one learns of the tables takes ten times as long as emptying them. */
let superuser: SQL | undefined

async function run(text: string): Promise<void> {
  superuser ??= new SQL(testPostgresUrl ?? '', { max: 1 })
  await superuser.unsafe(text)
}
