import { Database } from 'bun:sqlite'

/**
 * Better-auth's tables as it would make them itself, for which all of it had to be loaded at each start. A test
 * holds that it misses none. Versions before this one let it make them, and complete them at the next start of a
 * newer one: where they are already, the columns are added that came since, all of which may be null.
 */
export function accountsMigration(database: Database): void {
  database.run(tables)
  using wanted = new Database(':memory:')
  wanted.run(tables)
  const there = new Set(columnsOf(database).map(({ table, name }) => `${table}.${name}`))
  for (const { table, name, type } of columnsOf(wanted)) {
    if (!there.has(`${table}.${name}`)) database.run(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`)
  }
}

const columnsOf = (database: Database) =>
  database
    .query<{ table: string; name: string; type: string }, []>(
      `SELECT t.name AS "table", c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name LIKE 'auth!_%' ESCAPE '!'`,
    )
    .all()

const tables = `
CREATE TABLE IF NOT EXISTS auth_user (
  id               TEXT NOT NULL PRIMARY KEY,
  name             TEXT NOT NULL,
  email            TEXT NOT NULL UNIQUE,
  emailVerified    INTEGER NOT NULL,
  image            TEXT,
  createdAt        DATE NOT NULL,
  updatedAt        DATE NOT NULL,
  twoFactorEnabled INTEGER
);

CREATE TABLE IF NOT EXISTS auth_session (
  id            TEXT NOT NULL PRIMARY KEY,
  expiresAt     DATE NOT NULL,
  token         TEXT NOT NULL UNIQUE,
  createdAt     DATE NOT NULL,
  updatedAt     DATE NOT NULL,
  ipAddress     TEXT,
  userAgent     TEXT,
  userId        TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  twoFactors    INTEGER,
  tokenIssuedAt DATE
);
CREATE INDEX IF NOT EXISTS auth_session_userId_idx ON auth_session (userId);

CREATE TABLE IF NOT EXISTS auth_account (
  id                    TEXT NOT NULL PRIMARY KEY,
  accountId             TEXT NOT NULL,
  providerId            TEXT NOT NULL,
  userId                TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  accessToken           TEXT,
  refreshToken          TEXT,
  idToken               TEXT,
  accessTokenExpiresAt  DATE,
  refreshTokenExpiresAt DATE,
  scope                 TEXT,
  password              TEXT,
  createdAt             DATE NOT NULL,
  updatedAt             DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS auth_account_userId_idx ON auth_account (userId);

CREATE TABLE IF NOT EXISTS auth_verification (
  id         TEXT NOT NULL PRIMARY KEY,
  identifier TEXT NOT NULL,
  value      TEXT NOT NULL,
  expiresAt  DATE NOT NULL,
  createdAt  DATE NOT NULL,
  updatedAt  DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS auth_verification_identifier_idx ON auth_verification (identifier);

CREATE TABLE IF NOT EXISTS auth_two_factor (
  id                      TEXT NOT NULL PRIMARY KEY,
  secret                  TEXT NOT NULL,
  backupCodes             TEXT NOT NULL,
  userId                  TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  verified                INTEGER,
  failedVerificationCount INTEGER,
  lockedUntil             DATE
);
CREATE INDEX IF NOT EXISTS auth_two_factor_secret_idx ON auth_two_factor (secret);
CREATE INDEX IF NOT EXISTS auth_two_factor_userId_idx ON auth_two_factor (userId);

CREATE TABLE IF NOT EXISTS auth_passkey (
  id           TEXT NOT NULL PRIMARY KEY,
  name         TEXT,
  publicKey    TEXT NOT NULL,
  userId       TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  credentialID TEXT NOT NULL,
  counter      INTEGER NOT NULL,
  deviceType   TEXT NOT NULL,
  backedUp     INTEGER NOT NULL,
  transports   TEXT,
  createdAt    DATE,
  aaguid       TEXT
);
CREATE INDEX IF NOT EXISTS auth_passkey_userId_idx ON auth_passkey (userId);
CREATE INDEX IF NOT EXISTS auth_passkey_credentialID_idx ON auth_passkey (credentialID);

CREATE TABLE IF NOT EXISTS auth_known_device (
  id         TEXT NOT NULL PRIMARY KEY,
  userId     TEXT NOT NULL,
  deviceHash TEXT NOT NULL,
  seenAt     DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS auth_known_device_userId_idx ON auth_known_device (userId);

CREATE TABLE IF NOT EXISTS auth_spent_token (
  id        TEXT NOT NULL PRIMARY KEY,
  tokenHash TEXT NOT NULL UNIQUE,
  sessionId TEXT NOT NULL,
  goodUntil DATE NOT NULL
);
CREATE INDEX IF NOT EXISTS auth_spent_token_sessionId_idx ON auth_spent_token (sessionId);

CREATE TABLE IF NOT EXISTS auth_jwks (
  id         TEXT NOT NULL PRIMARY KEY,
  publicKey  TEXT NOT NULL,
  privateKey TEXT NOT NULL,
  createdAt  DATE NOT NULL,
  expiresAt  DATE,
  alg        TEXT,
  crv        TEXT
);
`
