/**
 * The log and the state that it folds to. Every table of a conversation's content leads with the
 * conversation, and no constraint or sequence spans two of them, so that the tables can be distributed by it;
 * what is unique across conversations lives in `conversation_keys`, which no send touches.
 *
 * A message's row is its own `message.created`: `events` holds everything else that took a seq. `memberships`
 * is what a user's list is read from: the members once more, keyed by the user, with the user's rev.
 * Whatever is sorted by is compared by code points (`COLLATE "C"`), the same in every database.
 */
export const conversationsMigration = `
CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL);

CREATE TABLE users (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  sort_name   text COLLATE "C" NOT NULL,
  handle      text COLLATE "C" NOT NULL UNIQUE,
  bio         text NOT NULL DEFAULT '',
  locale      text,
  timezone    text,
  settings    text NOT NULL DEFAULT '{}',
  server_role text NOT NULL DEFAULT 'member',
  user_rev    bigint NOT NULL DEFAULT 0,
  me_rev      bigint NOT NULL DEFAULT 0,
  created_at  bigint NOT NULL,
  updated_at  bigint NOT NULL,
  erased_at   bigint,
  -- Who may not come in for now; null for everybody else.
  suspended_at     bigint,
  suspended_by     uuid,
  suspended_reason text
) WITH (fillfactor = 80);
CREATE INDEX users_by_name ON users (sort_name, id) WHERE erased_at IS NULL;
CREATE INDEX users_suspended ON users (sort_name, id) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_administrators ON users (sort_name, id) WHERE server_role = 'admin';
CREATE INDEX users_by_update ON users (updated_at);

-- Who deletes what is older than it is kept: nobody, found by no search, member of nothing (systemUserId).
INSERT INTO users (id, name, sort_name, handle, created_at, updated_at, erased_at)
  VALUES ('00000000-0000-7000-8000-000000000000', 'Confab', '', 'confab-itself', 0, 0, 0);

-- Every beginning of a word of a name, to the name's end, and the handle.
CREATE TABLE user_words (
  word      text COLLATE "C" NOT NULL,
  user_id   uuid NOT NULL,
  of_handle boolean NOT NULL,
  PRIMARY KEY (word, user_id, of_handle)
);
CREATE INDEX user_words_of ON user_words (user_id);

CREATE TABLE conversations (
  id               uuid PRIMARY KEY,
  head             bigint NOT NULL DEFAULT 0,
  last_ordinal     bigint NOT NULL DEFAULT 0,
  last_message_seq bigint NOT NULL DEFAULT 0,
  -- When the last event, the last message and the last move of a cursor were.
  last_at          bigint NOT NULL,
  active_at        bigint NOT NULL,
  cursors_at       bigint NOT NULL,
  member_count     integer NOT NULL DEFAULT 0,
  kind             text NOT NULL,
  visibility       text NOT NULL,
  name             text COLLATE "C",
  topic            text,
  search_name      text NOT NULL,
  search_topic     text NOT NULL,
  created_at       bigint NOT NULL,
  -- 1 where one of a pair has blocked the other.
  shut             integer NOT NULL DEFAULT 0,
  -- What it decides for itself, as JSON; null as long as it is as it was made.
  permissions      text,
  -- How long it keeps messages, up to which seq they are gone, and its place in a walk along them all.
  retention_days   integer,
  expired_seq      bigint NOT NULL DEFAULT 0,
  num              bigint GENERATED ALWAYS AS IDENTITY
) WITH (fillfactor = 50);
CREATE INDEX conversations_in_order ON conversations (num);
CREATE INDEX public_channels ON conversations (name, id) WHERE visibility = 'public';

-- The pair of a direct conversation, and what its creator called it: each makes one conversation.
CREATE TABLE conversation_keys (
  key          text COLLATE "C" PRIMARY KEY,
  conversation uuid NOT NULL,
  kind         text NOT NULL
);
CREATE INDEX conversation_keys_of ON conversation_keys (conversation);

CREATE TABLE members (
  conversation  uuid NOT NULL,
  user_id       uuid NOT NULL,
  role          text NOT NULL,
  joined_seq    bigint NOT NULL,
  read_seq      bigint NOT NULL,
  read_ordinal  bigint NOT NULL,
  read_at       bigint NOT NULL,
  delivered_seq bigint NOT NULL,
  delivered_at  bigint NOT NULL,
  muted         integer NOT NULL DEFAULT 0,
  pinned        integer NOT NULL DEFAULT 0,
  notify        text NOT NULL DEFAULT 'all',
  hidden        integer NOT NULL DEFAULT 0,
  marked_unread integer NOT NULL DEFAULT 0,
  draft         text,
  PRIMARY KEY (conversation, user_id),
  UNIQUE (conversation, joined_seq)
) WITH (fillfactor = 70);
CREATE INDEX admins_by_standing ON members (conversation, joined_seq) WHERE role = 'admin';

CREATE TABLE memberships (
  user_id      uuid NOT NULL,
  conversation uuid NOT NULL,
  user_rev     bigint NOT NULL,
  PRIMARY KEY (user_id, conversation)
);

CREATE TABLE messages (
  conversation     uuid NOT NULL,
  seq              bigint NOT NULL,
  ordinal          bigint NOT NULL,
  sender           uuid NOT NULL,
  at               bigint NOT NULL,
  updated_seq      bigint NOT NULL,
  reply_to         bigint,
  priority         text,
  edited_at        bigint,
  deleted_at       bigint,
  id               uuid NOT NULL,
  client_id        text NOT NULL,
  text             text NOT NULL,
  mentions         text,
  mentions_all     boolean NOT NULL DEFAULT false,
  forwarded_sender uuid,
  forwarded_at     bigint,
  -- The seq of the event that pinned it, 0 for none.
  pinned_seq       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation, seq)
);
CREATE INDEX deleted_messages ON messages (conversation, seq) WHERE deleted_at IS NOT NULL;
CREATE INDEX messages_to_all ON messages (conversation, seq) WHERE mentions_all;
CREATE INDEX pinned_messages ON messages (conversation, pinned_seq) WHERE pinned_seq > 0;

CREATE TABLE events (
  conversation uuid NOT NULL,
  seq          bigint NOT NULL,
  type         text NOT NULL,
  actor        uuid NOT NULL,
  at           bigint NOT NULL,
  target       bigint,
  data         text NOT NULL,
  PRIMARY KEY (conversation, seq)
);

CREATE TABLE send_keys (
  conversation uuid NOT NULL,
  send_key     bytea NOT NULL,
  seq          bigint NOT NULL,
  content_key  bytea NOT NULL,
  PRIMARY KEY (conversation, send_key)
);

CREATE TABLE mentions (
  conversation uuid NOT NULL,
  user_id      uuid NOT NULL,
  seq          bigint NOT NULL,
  PRIMARY KEY (conversation, user_id, seq)
);

CREATE TABLE reactions (
  conversation uuid NOT NULL,
  target       bigint NOT NULL,
  emoji        text COLLATE "C" NOT NULL,
  user_id      uuid NOT NULL,
  seq          bigint NOT NULL,
  PRIMARY KEY (conversation, target, emoji, user_id)
);
CREATE INDEX reactions_in_order ON reactions (conversation, target, emoji, seq);

-- "since" is the seq that brought the emoji to the message: their order on it.
CREATE TABLE reaction_counts (
  conversation uuid NOT NULL,
  target       bigint NOT NULL,
  emoji        text COLLATE "C" NOT NULL,
  since        bigint NOT NULL,
  count        bigint NOT NULL,
  PRIMARY KEY (conversation, target, emoji)
);

CREATE TABLE presences (user_id uuid PRIMARY KEY, last_seen_at bigint, chosen text);

-- Who left what at which of their revs: the one change of what is one's own that leaves no row by itself.
CREATE TABLE departures (
  user_id      uuid NOT NULL,
  user_rev     bigint NOT NULL,
  conversation uuid NOT NULL,
  at           bigint NOT NULL,
  PRIMARY KEY (user_id, user_rev)
);
CREATE INDEX departures_by_time ON departures (at);

-- Deleted conversations of which something is still to be erased.
CREATE TABLE erasures (conversation uuid PRIMARY KEY);

CREATE TABLE blocks (
  blocker uuid NOT NULL,
  blocked uuid NOT NULL,
  at      bigint NOT NULL,
  PRIMARY KEY (blocker, blocked)
);
CREATE INDEX blocks_of_blocked ON blocks (blocked, blocker);
`
