/** What was committed before then a group has handled; milliseconds since 1970 UTC. */
export const logProgressMigration = `
ALTER TABLE log_followers ADD COLUMN done_until INTEGER NOT NULL DEFAULT 0;
`
