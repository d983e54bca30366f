export const auditLogMigration = `
CREATE TABLE audit_log (
  num INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor_id TEXT,
  target_id TEXT,
  network TEXT,
  detail TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_log_remembers BEFORE DELETE ON audit_log
WHEN OLD.at >= (SELECT max(at) FROM audit_log) - 365 * 24 * 3600000
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
`
