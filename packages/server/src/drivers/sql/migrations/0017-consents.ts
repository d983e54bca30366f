/** What people agreed to: a row each time, one at most of a version that isn't taken back. */
export const consentsMigration = `
CREATE TABLE consents (
  num          INTEGER PRIMARY KEY AUTOINCREMENT,
  user         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  version      INTEGER NOT NULL,
  given_at     INTEGER NOT NULL,
  withdrawn_at INTEGER
);
CREATE UNIQUE INDEX consents_in_force ON consents (user, kind, version) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_of ON consents (user, num);
`
