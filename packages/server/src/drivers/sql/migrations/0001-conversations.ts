/**
 * The log and the state that it folds to.
 *
 * `place` is where something stands in all logs: the conversation's number times 2^32, plus the seq. As
 * the table's own key it keeps a conversation's messages side by side on disk, in order, so a page of
 * history is one seek and a run of neighbours whatever else was written between them.
 * A message's row is its own `message.created`: `events` holds everything else that took a seq.
 */
export const conversationsMigration = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE users (
  num        INTEGER PRIMARY KEY AUTOINCREMENT,
  id         TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  sort_name  TEXT NOT NULL,
  handle     TEXT NOT NULL UNIQUE,
  bio        TEXT NOT NULL DEFAULT '',
  locale     TEXT,
  timezone   TEXT,
  settings   TEXT NOT NULL DEFAULT '{}',
  user_rev   INTEGER NOT NULL DEFAULT 0,
  me_rev     INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  erased_at  INTEGER
);
CREATE INDEX users_by_name ON users (sort_name, num) WHERE erased_at IS NULL;
CREATE INDEX users_by_update ON users (updated_at);

-- Every beginning of a word of a name, to the name's end, and the handle.
CREATE TABLE user_words (
  word TEXT NOT NULL,
  user INTEGER NOT NULL,
  PRIMARY KEY (word, user)
) WITHOUT ROWID;
CREATE INDEX user_words_of ON user_words (user);

CREATE TABLE conversations (
  num              INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT NOT NULL UNIQUE,
  head             INTEGER NOT NULL,
  last_ordinal     INTEGER NOT NULL DEFAULT 0,
  last_message_seq INTEGER NOT NULL DEFAULT 0,
  -- When the last event, the last message and the last move of a cursor were.
  last_at          INTEGER NOT NULL,
  active_at        INTEGER NOT NULL,
  cursors_at       INTEGER NOT NULL,
  member_count     INTEGER NOT NULL,
  kind             TEXT NOT NULL,
  visibility       TEXT NOT NULL,
  name             TEXT,
  topic            TEXT,
  search_text      TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  pair_key         TEXT UNIQUE,
  create_key       BLOB UNIQUE
);
CREATE INDEX public_channels ON conversations (member_count DESC, name, num) WHERE visibility = 'public';

CREATE TABLE members (
  conversation  INTEGER NOT NULL,
  user          INTEGER NOT NULL,
  role          TEXT NOT NULL,
  joined_seq    INTEGER NOT NULL,
  read_seq      INTEGER NOT NULL,
  read_ordinal  INTEGER NOT NULL,
  read_at       INTEGER NOT NULL,
  delivered_seq INTEGER NOT NULL,
  delivered_at  INTEGER NOT NULL,
  user_rev      INTEGER NOT NULL,
  muted         INTEGER NOT NULL DEFAULT 0,
  pinned        INTEGER NOT NULL DEFAULT 0,
  notify        TEXT NOT NULL DEFAULT 'all',
  hidden        INTEGER NOT NULL DEFAULT 0,
  marked_unread INTEGER NOT NULL DEFAULT 0,
  draft         TEXT,
  PRIMARY KEY (conversation, user)
) WITHOUT ROWID;
CREATE UNIQUE INDEX members_by_standing ON members (conversation, joined_seq);
CREATE INDEX members_of_user ON members (user, conversation, user_rev);

CREATE TABLE messages (
  place       INTEGER PRIMARY KEY,
  ordinal     INTEGER NOT NULL,
  sender      INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  updated_seq INTEGER NOT NULL,
  reply_to    INTEGER,
  priority    TEXT,
  edited_at   INTEGER,
  deleted_at  INTEGER,
  id          TEXT NOT NULL,
  client_id   TEXT NOT NULL,
  text        TEXT NOT NULL
);
CREATE INDEX deleted_messages ON messages (place) WHERE deleted_at IS NOT NULL;

CREATE TABLE events (
  place  INTEGER PRIMARY KEY,
  type   TEXT NOT NULL,
  actor  INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  target INTEGER,
  data   TEXT NOT NULL
);

CREATE TABLE send_keys (
  conversation INTEGER NOT NULL,
  send_key     BLOB NOT NULL,
  seq          INTEGER NOT NULL,
  content_key  BLOB NOT NULL,
  PRIMARY KEY (conversation, send_key)
) WITHOUT ROWID;
`
