export const jobsMigration = `
CREATE TABLE jobs (
  num INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT,
  payload BLOB NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  attempts_max INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  died_at INTEGER,
  problem TEXT
);
CREATE INDEX jobs_due ON jobs (kind, due_at, num) WHERE died_at IS NULL;
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key IS NOT NULL AND died_at IS NULL;
CREATE INDEX jobs_dead ON jobs (died_at, num) WHERE died_at IS NOT NULL;
`
