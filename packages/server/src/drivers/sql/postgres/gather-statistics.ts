import type { Postgres } from './connection.ts'

/**
 * Counts all tables anew for the planner, which the server itself does within minutes of a bulk. Until then
 * it takes a filled table for what it was when it was empty, and reads it whole where it should look a row
 * up: the lists of 15,000 people, read one by one, cost as many scans of 30,000 conversations.
 */
export const gatherStatistics = (postgres: Postgres): Promise<void> =>
  postgres.script(`DO $$ DECLARE one text; BEGIN
    PERFORM set_config('statement_timeout', '0', true);
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
      EXECUTE format('ANALYZE %I', one);
    END LOOP;
  END $$`)
