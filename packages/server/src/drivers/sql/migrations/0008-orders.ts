/**
 * Who follows an owner, and who reacted first, without going through everybody: neither a leave nor a page
 * costs what the conversation, or the message, has of members or reactions.
 */
export const ordersMigration = `
CREATE INDEX admins_by_standing ON members (conversation, joined_seq) WHERE role = 'admin';
CREATE INDEX reactions_in_order ON reactions (place, emoji, seq);
`
