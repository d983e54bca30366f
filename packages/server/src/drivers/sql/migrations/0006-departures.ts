/**
 * Who left which conversation at which of their revs: the one change of what is a user's own that leaves
 * no row behind by itself. Kept for a day, for nodes that missed it; clients learn by their cursors.
 */
export const departuresMigration = `
CREATE TABLE departures (
  user         INTEGER NOT NULL,
  user_rev     INTEGER NOT NULL,
  conversation TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (user, user_rev)
) WITHOUT ROWID;
CREATE INDEX departures_by_time ON departures (at);
`
