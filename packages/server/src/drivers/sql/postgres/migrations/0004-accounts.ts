/**
 * Better-auth's tables as it would make them itself, each node for itself and with two that start together in
 * each other's way. A test holds that it misses none. Addresses are compared by code points, and the counter
 * of a passkey goes up to 2^32.
 */
export const accountsMigration = `
CREATE TABLE auth_user (
  id                 text PRIMARY KEY,
  name               text NOT NULL,
  email              text COLLATE "C" NOT NULL UNIQUE,
  "emailVerified"    boolean NOT NULL,
  image              text,
  "createdAt"        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt"        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "twoFactorEnabled" boolean
);

CREATE TABLE auth_session (
  id              text PRIMARY KEY,
  "expiresAt"     timestamptz NOT NULL,
  token           text NOT NULL UNIQUE,
  "createdAt"     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt"     timestamptz NOT NULL,
  "ipAddress"     text,
  "userAgent"     text,
  "userId"        text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  "tokenIssuedAt" timestamptz
);
CREATE INDEX "auth_session_userId_idx" ON auth_session ("userId");

CREATE TABLE auth_account (
  id                      text PRIMARY KEY,
  "accountId"             text NOT NULL,
  "providerId"            text NOT NULL,
  "userId"                text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  "accessToken"           text,
  "refreshToken"          text,
  "idToken"               text,
  "accessTokenExpiresAt"  timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope                   text,
  password                text,
  "createdAt"             timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt"             timestamptz NOT NULL
);
CREATE INDEX "auth_account_userId_idx" ON auth_account ("userId");

CREATE TABLE auth_verification (
  id          text PRIMARY KEY,
  identifier  text NOT NULL,
  value       text NOT NULL,
  "expiresAt" timestamptz NOT NULL,
  "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX auth_verification_identifier_idx ON auth_verification (identifier);

CREATE TABLE auth_two_factor (
  id                        text PRIMARY KEY,
  secret                    text NOT NULL,
  "backupCodes"             text NOT NULL,
  "userId"                  text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  verified                  boolean,
  "failedVerificationCount" integer,
  "lockedUntil"             timestamptz
);
CREATE INDEX auth_two_factor_secret_idx ON auth_two_factor (secret);
CREATE INDEX "auth_two_factor_userId_idx" ON auth_two_factor ("userId");

CREATE TABLE auth_passkey (
  id             text PRIMARY KEY,
  name           text,
  "publicKey"    text NOT NULL,
  "userId"       text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  "credentialID" text NOT NULL,
  counter        double precision NOT NULL,
  "deviceType"   text NOT NULL,
  "backedUp"     boolean NOT NULL,
  transports     text,
  "createdAt"    timestamptz,
  aaguid         text
);
CREATE INDEX "auth_passkey_userId_idx" ON auth_passkey ("userId");
CREATE INDEX "auth_passkey_credentialID_idx" ON auth_passkey ("credentialID");

CREATE TABLE auth_known_device (
  id           text PRIMARY KEY,
  "userId"     text NOT NULL,
  "deviceHash" text NOT NULL,
  "seenAt"     timestamptz NOT NULL
);
CREATE INDEX "auth_known_device_userId_idx" ON auth_known_device ("userId");

CREATE TABLE auth_spent_token (
  id          text PRIMARY KEY,
  "tokenHash" text NOT NULL UNIQUE,
  "sessionId" text NOT NULL,
  "goodUntil" timestamptz NOT NULL
);
CREATE INDEX "auth_spent_token_sessionId_idx" ON auth_spent_token ("sessionId");

CREATE TABLE auth_jwks (
  id           text PRIMARY KEY,
  "publicKey"  text NOT NULL,
  "privateKey" text NOT NULL,
  "createdAt"  timestamptz NOT NULL,
  "expiresAt"  timestamptz,
  alg          text,
  crv          text
);
`
