/**
 * Who has blocked whom; and, since each send looks at the conversation's row anyway,
 * there whether it is shut by that.
 */
export const blocksMigration = `
CREATE TABLE blocks (
  blocker INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (blocker, blocked)
) WITHOUT ROWID;
CREATE INDEX blocks_of_blocked ON blocks (blocked, blocker);
ALTER TABLE conversations ADD COLUMN shut INTEGER NOT NULL DEFAULT 0;
`
