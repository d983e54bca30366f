/** What the ports beside the store keep: settings, invitations, the audit log, jobs, mails of the preview. */
export const besideConversationsMigration = `
CREATE TABLE settings (
  name       text PRIMARY KEY,
  value      text NOT NULL,
  changed_by text NOT NULL,
  changed_at bigint NOT NULL
);

-- To a conversation, or with null to the installation itself.
CREATE TABLE invitations (
  num          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           text NOT NULL UNIQUE,
  token_hash   bytea NOT NULL UNIQUE,
  conversation text,
  created_by   text NOT NULL,
  created_at   bigint NOT NULL,
  expires_at   bigint,
  uses_max     bigint,
  uses         bigint NOT NULL DEFAULT 0
);
CREATE INDEX invitations_to ON invitations (conversation, num);

CREATE TABLE audit_log (
  num       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action    text NOT NULL,
  at        bigint NOT NULL,
  actor_id  text,
  target_id text,
  network   text,
  detail    text NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE FUNCTION audit_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.at < (SELECT max(at) FROM audit_log) - 365::bigint * 24 * 3600000 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION audit_log_stays();

CREATE TABLE preview_mails (
  num     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  address text NOT NULL,
  subject text NOT NULL,
  text    text NOT NULL,
  html    text NOT NULL,
  sent_at bigint NOT NULL
);
CREATE INDEX preview_mails_by_address ON preview_mails (address, num);

-- A job under way is due again at a time that its worker moves on as long as it lives.
CREATE TABLE jobs (
  num          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text NOT NULL,
  key          text,
  payload      bytea NOT NULL,
  failures     bigint NOT NULL DEFAULT 0,
  attempts_max bigint NOT NULL,
  added_at     bigint NOT NULL,
  due_at       bigint NOT NULL,
  died_at      bigint,
  problem      text
);
CREATE INDEX jobs_due ON jobs (kind, due_at, num) WHERE died_at IS NULL;
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key IS NOT NULL AND died_at IS NULL;
CREATE INDEX jobs_dead ON jobs (died_at, num) WHERE died_at IS NOT NULL;

-- Copies of what is kept about a person, that they asked for: the latest of each.
CREATE TABLE exports (
  "user"     text PRIMARY KEY,
  id         text NOT NULL,
  asked_at   bigint NOT NULL,
  status     text NOT NULL DEFAULT 'waiting',
  progress   double precision NOT NULL DEFAULT 0,
  ready_at   bigint,
  expires_at bigint,
  bytes      bigint
);
CREATE INDEX exports_by_end ON exports (expires_at) WHERE expires_at IS NOT NULL;
`
