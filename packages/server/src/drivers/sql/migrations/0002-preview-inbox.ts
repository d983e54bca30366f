/** The mails of an installation without SMTP. Here and not in memory, so that a restart loses no code. */
export const previewInboxMigration = `
CREATE TABLE preview_mails (
  num     INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  text    TEXT NOT NULL,
  html    TEXT NOT NULL,
  sent_at INTEGER NOT NULL
);
CREATE INDEX preview_mails_by_address ON preview_mails (address, num);
`
