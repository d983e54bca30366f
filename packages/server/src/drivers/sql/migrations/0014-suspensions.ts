/**
 * Who may not come in for now; null for everybody else.
 * Administrators are counted each time one is to lose the role.
 */
export const suspensionsMigration = `
ALTER TABLE users ADD COLUMN suspended_at INTEGER;
ALTER TABLE users ADD COLUMN suspended_by TEXT;
ALTER TABLE users ADD COLUMN suspended_reason TEXT;
CREATE INDEX users_suspended ON users (sort_name, num) WHERE suspended_at IS NOT NULL;
CREATE INDEX users_administrators ON users (sort_name, num) WHERE server_role = 'admin';
`
