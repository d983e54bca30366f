import { movedMeta } from './marks.ts'
import { type Kind, type MovedTable, moved, type OnPostgres } from './moved-table.ts'

/** What a conversation's contents are keyed by on SQLite: its number times 2^32, plus the seq. */
const placed = (seq: string) => ({
  ofConversation: 't.place > c.num << 32 AND t.place < (c.num + 1) << 32',
  read: { [seq]: 't.place & 4294967295' },
  write: {
    conversation: null,
    [seq]: null,
    place: `((SELECT num FROM conversations WHERE id = :conversation) << 32) + :${seq}`,
  },
  order: { [seq]: { by: 't.place', bound: '(c.num << 32) + ?' } },
})

/** What is left of a conversation that is being deleted stays behind: it is gone for everybody already. */
const ofConversation = { ofConversation: 't.conversation = c.num' }
const ofConversationOnPostgres: OnPostgres = {
  where: 't.conversation <> ALL (ARRAY(SELECT conversation FROM erasures))',
}

/** A row each, in the order of its number, which it keeps. */
const numbered = (name: string, columns: Record<string, Kind>): MovedTable =>
  moved(name, { num: 'whole', ...columns }, { key: ['num'] })

const ofAccounts = (name: string, columns: Record<string, Kind>): MovedTable =>
  moved(name, { id: 'text', ...columns }, { key: ['id'] })

/** `1:2` on SQLite, by the users' numbers; `pair <id> <id>` on PostgreSQL. */
const numsOfPair = `CAST(substr(t.pair_key, 1, instr(t.pair_key, ':') - 1) AS INTEGER),
  CAST(substr(t.pair_key, instr(t.pair_key, ':') + 1) AS INTEGER)`
const keyOf = (beginning: string) =>
  `(SELECT key FROM conversation_keys WHERE conversation = t.id AND key LIKE '${beginning} %')`
const alsoKey = (column: string, key: string) => ({
  table: 'conversation_keys',
  columns: ['key', 'conversation', 'kind'],
  select: `SELECT ${key}, r.id, r.kind FROM r WHERE r.${column} IS NOT NULL`,
})

/**
 * All that an installation keeps in its database, in an order in which each row finds what it refers to. The
 * system's own user is everywhere and doesn't move; nor does what is left of conversations under erasure.
 */
export const movedTables: readonly MovedTable[] = [
  moved(
    'meta',
    { name: 'text', value: 'text' },
    { key: ['name'], sqlite: { where: movedMeta }, postgres: { where: movedMeta } },
  ),
  // In the order in which they came: SQLite numbers them so, and the first one stays the longest-standing.
  moved(
    'users',
    {
      created_at: 'whole',
      id: 'uuid',
      name: 'text',
      sort_name: 'text',
      handle: 'text',
      bio: 'text',
      locale: 'text',
      timezone: 'text',
      settings: 'text',
      server_role: 'text',
      user_rev: 'whole',
      me_rev: 'whole',
      updated_at: 'whole',
      erased_at: 'whole',
      suspended_at: 'whole',
      suspended_by: 'uuid',
      suspended_reason: 'text',
    },
    {
      key: ['created_at', 'id'],
      sqlite: { where: 't.num > 0', write: { num: '(SELECT max(num) + 1 FROM users)' } },
      postgres: { where: 't.created_at > 0' },
    },
  ),
  moved(
    'user_words',
    { user: 'user', word: 'text' },
    {
      key: ['user', 'word'],
      postgres: {
        // A handle that is also a word of the name is there twice.
        where: `NOT (t.of_handle AND EXISTS (SELECT 1 FROM user_words n
          WHERE (n.word, n.user_id) = (t.word, t.user_id) AND NOT n.of_handle))`,
        write: { of_handle: 'r.word = (SELECT handle FROM users WHERE id = r."user")' },
        also: [
          {
            table: 'user_words',
            columns: ['word', 'user_id', 'of_handle'],
            select: `SELECT r.word, u.id, false FROM r JOIN users u ON u.id = r."user" AND u.handle = r.word
              WHERE u.sort_name ~ ('(^|[^[:alnum:]])' || r.word || '$')`,
          },
        ],
      },
    },
  ),
  moved(
    'conversations',
    {
      id: 'uuid',
      num: 'whole',
      head: 'whole',
      last_ordinal: 'whole',
      last_message_seq: 'whole',
      last_at: 'whole',
      active_at: 'whole',
      cursors_at: 'whole',
      member_count: 'whole',
      kind: 'text',
      visibility: 'text',
      name: 'text',
      topic: 'text',
      search_text: 'text',
      created_at: 'whole',
      pair_key: 'text',
      create_key: 'bytes',
      shut: 'whole',
      permissions: 'text',
      retention_days: 'whole',
      expired_seq: 'whole',
    },
    {
      key: ['id'],
      sqlite: {
        read: {
          pair_key: `(SELECT 'pair ' || min(id) || ' ' || max(id) FROM users WHERE num IN (${numsOfPair}))`,
        },
        write: {
          pair_key: `(SELECT min(num) || ':' || max(num) FROM users
            WHERE id IN (substr(:pair_key, 6, 36), substr(:pair_key, 43, 36)))`,
        },
      },
      postgres: {
        read: {
          search_text: `t.search_name || E'\\n' || t.search_topic`,
          pair_key: keyOf('pair'),
          create_key: `substr(${keyOf('key')}, 5)`,
        },
        write: {
          search_text: null,
          search_name: `split_part(r.search_text, E'\\n', 1)`,
          search_topic: `substr(r.search_text, position(E'\\n' IN r.search_text) + 1)`,
          pair_key: null,
          create_key: null,
        },
        also: [alsoKey('pair_key', 'r.pair_key'), alsoKey('create_key', `'key ' || r.create_key`)],
      },
    },
  ),
  moved(
    'members',
    {
      conversation: 'conversation',
      joined_seq: 'whole',
      user: 'user',
      role: 'text',
      read_seq: 'whole',
      read_ordinal: 'whole',
      read_at: 'whole',
      delivered_seq: 'whole',
      delivered_at: 'whole',
      user_rev: 'whole',
      muted: 'whole',
      pinned: 'whole',
      notify: 'text',
      hidden: 'whole',
      marked_unread: 'whole',
      draft: 'text',
    },
    {
      key: ['conversation', 'joined_seq'],
      sqlite: ofConversation,
      postgres: {
        ...ofConversationOnPostgres,
        read: {
          user_rev: `(SELECT user_rev FROM memberships
            WHERE (user_id, conversation) = (t.user_id, t.conversation))`,
        },
        write: { user_rev: null },
        also: [
          {
            table: 'memberships',
            columns: ['user_id', 'conversation', 'user_rev'],
            select: 'SELECT r."user", r.conversation, r.user_rev FROM r',
          },
        ],
      },
    },
  ),
  moved(
    'messages',
    {
      conversation: 'conversation',
      seq: 'whole',
      ordinal: 'whole',
      sender: 'user',
      at: 'whole',
      updated_seq: 'whole',
      reply_to: 'whole',
      priority: 'text',
      edited_at: 'whole',
      deleted_at: 'whole',
      id: 'uuid',
      client_id: 'text',
      text: 'text',
      mentions: 'text',
      mentions_all: 'flag',
      forwarded_sender: 'uuid',
      forwarded_at: 'whole',
      pinned_seq: 'whole',
    },
    { key: ['conversation', 'seq'], sqlite: placed('seq'), postgres: ofConversationOnPostgres },
  ),
  moved(
    'events',
    {
      conversation: 'conversation',
      seq: 'whole',
      type: 'text',
      actor: 'user',
      at: 'whole',
      target: 'whole',
      data: 'text',
    },
    { key: ['conversation', 'seq'], sqlite: placed('seq'), postgres: ofConversationOnPostgres },
  ),
  moved(
    'send_keys',
    { conversation: 'conversation', send_key: 'bytes', seq: 'whole', content_key: 'bytes' },
    { key: ['conversation', 'send_key'], sqlite: ofConversation, postgres: ofConversationOnPostgres },
  ),
  moved(
    'mentions',
    { conversation: 'conversation', user: 'user', seq: 'whole' },
    { key: ['conversation', 'user', 'seq'], sqlite: ofConversation, postgres: ofConversationOnPostgres },
  ),
  moved(
    'reactions',
    { conversation: 'conversation', target: 'whole', emoji: 'text', user: 'user', seq: 'whole' },
    {
      key: ['conversation', 'target', 'emoji', 'user'],
      sqlite: placed('target'),
      postgres: ofConversationOnPostgres,
    },
  ),
  moved(
    'reaction_counts',
    { conversation: 'conversation', target: 'whole', emoji: 'text', since: 'whole', count: 'whole' },
    {
      key: ['conversation', 'target', 'emoji'],
      sqlite: placed('target'),
      postgres: ofConversationOnPostgres,
    },
  ),
  moved('presences', { user: 'user', last_seen_at: 'whole', chosen: 'text' }, { key: ['user'] }),
  moved(
    'departures',
    { user: 'user', user_rev: 'whole', conversation: 'uuid', at: 'whole' },
    { key: ['user', 'user_rev'] },
  ),
  moved('blocks', { blocker: 'user', blocked: 'user', at: 'whole' }, { key: ['blocker', 'blocked'] }),
  moved(
    'settings',
    { name: 'text', value: 'text', changed_by: 'text', changed_at: 'whole' },
    { key: ['name'] },
  ),
  numbered('invitations', {
    id: 'text',
    token_hash: 'bytes',
    conversation: 'text',
    created_by: 'text',
    created_at: 'whole',
    expires_at: 'whole',
    uses_max: 'whole',
    uses: 'whole',
  }),
  numbered('audit_log', {
    action: 'text',
    at: 'whole',
    actor_id: 'text',
    target_id: 'text',
    network: 'text',
    detail: 'text',
  }),
  numbered('preview_mails', {
    address: 'text',
    subject: 'text',
    text: 'text',
    html: 'text',
    sent_at: 'whole',
  }),
  numbered('jobs', {
    kind: 'text',
    key: 'text',
    payload: 'bytes',
    failures: 'whole',
    attempts_max: 'whole',
    added_at: 'whole',
    due_at: 'whole',
    died_at: 'whole',
    problem: 'text',
    handed_until: 'whole',
  }),
  moved(
    'exports',
    {
      user: 'text',
      id: 'text',
      asked_at: 'whole',
      status: 'text',
      progress: 'real',
      ready_at: 'whole',
      expires_at: 'whole',
      bytes: 'whole',
    },
    { key: ['user'] },
  ),
  numbered('reports', {
    id: 'text',
    conversation: 'text',
    seq: 'whole',
    reporter: 'text',
    reason: 'text',
    note: 'text',
    created_at: 'whole',
    outcome: 'text',
    settled_note: 'text',
    settled_at: 'whole',
    settled_by: 'text',
  }),
  numbered('consents', {
    user: 'text',
    kind: 'text',
    version: 'whole',
    given_at: 'whole',
    withdrawn_at: 'whole',
  }),
  ofAccounts('auth_user', {
    name: 'text',
    email: 'text',
    emailVerified: 'flag',
    image: 'text',
    createdAt: 'time',
    updatedAt: 'time',
    twoFactorEnabled: 'flag',
  }),
  ofAccounts('auth_session', {
    expiresAt: 'time',
    token: 'text',
    createdAt: 'time',
    updatedAt: 'time',
    ipAddress: 'text',
    userAgent: 'text',
    userId: 'text',
    tokenIssuedAt: 'time',
    twoFactors: 'flag',
  }),
  ofAccounts('auth_account', {
    accountId: 'text',
    providerId: 'text',
    userId: 'text',
    accessToken: 'text',
    refreshToken: 'text',
    idToken: 'text',
    accessTokenExpiresAt: 'time',
    refreshTokenExpiresAt: 'time',
    scope: 'text',
    password: 'text',
    createdAt: 'time',
    updatedAt: 'time',
  }),
  ofAccounts('auth_verification', {
    identifier: 'text',
    value: 'text',
    expiresAt: 'time',
    createdAt: 'time',
    updatedAt: 'time',
  }),
  ofAccounts('auth_two_factor', {
    secret: 'text',
    backupCodes: 'text',
    userId: 'text',
    verified: 'flag',
    failedVerificationCount: 'whole',
    lockedUntil: 'time',
  }),
  ofAccounts('auth_passkey', {
    name: 'text',
    publicKey: 'text',
    userId: 'text',
    credentialID: 'text',
    counter: 'real',
    deviceType: 'text',
    backedUp: 'flag',
    transports: 'text',
    createdAt: 'time',
    aaguid: 'text',
  }),
  ofAccounts('auth_known_device', { userId: 'text', deviceHash: 'text', seenAt: 'time' }),
  ofAccounts('auth_spent_token', { tokenHash: 'text', sessionId: 'text', goodUntil: 'time' }),
  ofAccounts('auth_jwks', {
    publicKey: 'text',
    privateKey: 'text',
    createdAt: 'time',
    expiresAt: 'time',
    alg: 'text',
    crv: 'text',
  }),
]

/** Tables that don't move as such, each for its own reason. */
export const leftBehind: ReadonlySet<string> = new Set([
  // How far the tables are built: each side has its own.
  'schema_migrations',
  // What is left of conversations that nobody sees any more.
  'erasures',
  // Who follows the log begins anew, and Kafka's topic, which stays where it is, gets all again: `seq` tells.
  'log_followers',
  'log_positions',
])

/** Tables whose rows are numbered, and no number given twice: the last one given moves too. */
export const numberedTables: readonly string[] = movedTables
  .filter(({ columns }) => 'num' in columns)
  .map(({ name }) => name)
