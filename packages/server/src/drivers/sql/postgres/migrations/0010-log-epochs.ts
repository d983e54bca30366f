/** Of which history a group's places are: '' before any was noted, which is none. */
export const logEpochsMigration = `
ALTER TABLE log_followers ADD COLUMN epoch text NOT NULL DEFAULT '';
`
