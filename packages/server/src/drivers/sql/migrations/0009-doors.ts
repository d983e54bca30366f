/**
 * Who runs the installation, what they have set, and the links that let people in. Of those who are here
 * already, the longest-standing runs it.
 */
export const doorsMigration = `
ALTER TABLE users ADD COLUMN server_role TEXT NOT NULL DEFAULT 'member';
UPDATE users SET server_role = 'admin' WHERE num = (SELECT min(num) FROM users WHERE erased_at IS NULL);

CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) WITHOUT ROWID;

-- To a conversation, or with null to the installation itself.
CREATE TABLE invitations (
  num          INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  token_hash   BLOB NOT NULL UNIQUE,
  conversation TEXT,
  created_by   TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  uses_max     INTEGER,
  uses         INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX invitations_to ON invitations (conversation, num);
`
