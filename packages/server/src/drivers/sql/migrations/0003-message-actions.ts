/**
 * What can be done to a message. Counts of reactions are kept beside the reactions themselves, so that a
 * message with ten thousand costs a page no more than one with two. A mention is a row a person and
 * unread by comparing its seq; `@all` is one flag, whatever the number of members.
 */
export const messageActionsMigration = `
ALTER TABLE messages ADD COLUMN mentions TEXT;
ALTER TABLE messages ADD COLUMN mentions_all INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN forwarded_sender TEXT;
ALTER TABLE messages ADD COLUMN forwarded_at INTEGER;
-- The seq of the event that pinned it, 0 for none.
ALTER TABLE messages ADD COLUMN pinned_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_to_all ON messages (place) WHERE mentions_all = 1;
CREATE INDEX pinned_messages ON messages (place) WHERE pinned_seq > 0;

CREATE TABLE mentions (
  conversation INTEGER NOT NULL,
  user         INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (conversation, user, seq)
) WITHOUT ROWID;

CREATE TABLE reactions (
  place INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  user  INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  PRIMARY KEY (place, emoji, user)
) WITHOUT ROWID;

-- "since" is the seq that brought the emoji to the message: their order on it.
CREATE TABLE reaction_counts (
  place INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  since INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (place, emoji)
) WITHOUT ROWID;
`
