/** Deleted conversations of which something is still to be erased: more than one transaction may take. */
export const erasuresMigration = `
CREATE TABLE erasures (
  conversation INTEGER PRIMARY KEY,
  id           TEXT NOT NULL
);
`
