/**
 * Who follows the log of all conversations (the relay to Kafka), and how far each has come in each. As long
 * as nobody does, a commit asks that and writes nothing here.
 */
export const logPositionsMigration = `
CREATE TABLE log_followers (
  name       text PRIMARY KEY,
  -- Which of several is at it, and until when unless it says so again.
  holder     text NOT NULL DEFAULT '',
  held_until bigint NOT NULL DEFAULT 0
);

CREATE TABLE log_positions (
  conversation uuid NOT NULL,
  follower     text COLLATE "C" NOT NULL,
  head         bigint NOT NULL,
  seq          bigint NOT NULL,
  PRIMARY KEY (conversation, follower)
) WITH (fillfactor = 70);
CREATE INDEX log_behind ON log_positions (follower, conversation) WHERE head > seq;
`
