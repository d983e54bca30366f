/**
 * Who follows the log of all conversations (the relay to Kafka), and how far each has come in each. As long
 * as nobody does, a commit asks that and writes nothing here.
 */
export const logPositionsMigration = `
CREATE TABLE log_followers (
  name       TEXT PRIMARY KEY,
  -- Which of several is at it, and until when unless it says so again.
  holder     TEXT NOT NULL DEFAULT '',
  held_until INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE log_positions (
  conversation TEXT NOT NULL,
  follower     TEXT NOT NULL,
  head         INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (conversation, follower)
) WITHOUT ROWID;
CREATE INDEX log_behind ON log_positions (follower, conversation) WHERE head > seq;
`
