/**
 * The conversations with days of their own, in order: all that is looked at where the server keeps for ever.
 */
export const ownRetentionMigration = `
CREATE INDEX conversations_with_days ON conversations (num) WHERE retention_days IS NOT NULL;
`
