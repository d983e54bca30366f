/** Copies of what is kept about a person, that they asked for: the latest of each. */
export const exportsMigration = `
CREATE TABLE exports (
  user       TEXT PRIMARY KEY,
  id         TEXT NOT NULL,
  asked_at   INTEGER NOT NULL,
  status     TEXT NOT NULL DEFAULT 'waiting',
  progress   REAL NOT NULL DEFAULT 0,
  ready_at   INTEGER,
  expires_at INTEGER,
  bytes      INTEGER
) WITHOUT ROWID;
CREATE INDEX exports_by_end ON exports (expires_at) WHERE expires_at IS NOT NULL;
`
