/** What of a user's presence outlasts connections and restarts. Apart from `users`, which it would churn. */
export const presencesMigration = `
CREATE TABLE presences (
  user         INTEGER PRIMARY KEY,
  last_seen_at INTEGER,
  chosen       TEXT
);
`
