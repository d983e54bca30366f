/** Who was suspended or erased, by when: what of that was cut off is looked for among the latest. */
export const shutOutMigration = `
CREATE INDEX users_by_suspension ON users (suspended_at, id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_by_erasure ON users (erased_at, id) WHERE erased_at IS NOT NULL;
`
