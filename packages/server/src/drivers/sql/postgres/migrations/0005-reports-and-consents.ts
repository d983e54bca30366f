/** What people report of messages, each one open report of a message at most, and what they agreed to. */
export const reportsAndConsentsMigration = `
CREATE TABLE reports (
  num          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           text NOT NULL UNIQUE,
  conversation text NOT NULL,
  seq          bigint NOT NULL,
  reporter     text NOT NULL,
  reason       text NOT NULL,
  note         text,
  created_at   bigint NOT NULL,
  outcome      text,
  settled_note text,
  settled_at   bigint,
  settled_by   text
);
CREATE UNIQUE INDEX open_reports ON reports (conversation, seq, reporter) WHERE settled_at IS NULL;
CREATE INDEX reports_of_reporter ON reports (reporter);
CREATE INDEX reports_by_state ON reports ((settled_at IS NULL), num);

CREATE TABLE consents (
  num          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "user"       text NOT NULL,
  kind         text NOT NULL,
  version      bigint NOT NULL,
  given_at     bigint NOT NULL,
  withdrawn_at bigint
);
CREATE UNIQUE INDEX consents_in_force ON consents ("user", kind, version) WHERE withdrawn_at IS NULL;
CREATE INDEX consents_of ON consents ("user", num);
`
