/**
 * What people have told administrators of messages. The message is named and never copied. Of a message each
 * person has one open report at most.
 */
export const reportsMigration = `
CREATE TABLE reports (
  num          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  conversation TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  reporter     TEXT NOT NULL,
  reason       TEXT NOT NULL,
  note         TEXT,
  created_at   INTEGER NOT NULL,
  outcome      TEXT,
  settled_note TEXT,
  settled_at   INTEGER,
  settled_by   TEXT
);
CREATE UNIQUE INDEX open_reports ON reports (conversation, seq, reporter) WHERE settled_at IS NULL;
CREATE INDEX reports_of_reporter ON reports (reporter);
CREATE INDEX reports_by_state ON reports (settled_at IS NULL, num);
`
