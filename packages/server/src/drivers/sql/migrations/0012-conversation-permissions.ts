/** What a conversation decides for itself, as JSON; null as long as it is as it was made. */
export const conversationPermissionsMigration = `
ALTER TABLE conversations ADD COLUMN permissions TEXT;
`
