/**
 * How long a conversation keeps messages, up to which seq they are gone, and who deletes them: a user who is
 * nobody, found by no search, member of nothing (`systemUserId` of the protocol).
 */
export const retentionMigration = `
ALTER TABLE conversations ADD COLUMN retention_days INTEGER;
ALTER TABLE conversations ADD COLUMN expired_seq INTEGER NOT NULL DEFAULT 0;
INSERT INTO users (num, id, name, sort_name, handle, created_at, updated_at, erased_at)
  VALUES (0, '00000000-0000-7000-8000-000000000000', 'Confab', '', 'confab-itself', 0, 0, 0);
`
