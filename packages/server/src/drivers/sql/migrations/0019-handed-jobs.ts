/** Until when a job counts as lying with a broker (RabbitMQ); without one nobody looks at it. */
export const handedJobsMigration = `
ALTER TABLE jobs ADD COLUMN handed_until INTEGER NOT NULL DEFAULT 0;
CREATE INDEX jobs_to_hand ON jobs (handed_until, due_at, num) WHERE died_at IS NULL;
`
