/**
 * Which history a server is of, as SQL. The row `history` of `meta` names the cluster and the timeline that
 * the nodes have last seen the primary on, and whether a synchronous standby was given then; a copy has it
 * from the primary's log, so that one which went another way never holds the row of this way.
 */

/** On the primary: of the server itself, whether or not anybody has noted it yet. Refused by a copy. */
export const lineageOfPrimary = `(SELECT value FROM meta WHERE name = 'epoch')
  || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)`

/** On a copy: as far as it has come. */
export const lineageOfCopy = `(SELECT e.value || '/' || (h.value::json->>'timeline') FROM meta e, meta h
  WHERE e.name = 'epoch' AND h.name = 'history')`

/** A place in the log of changes, in bytes from its beginning. */
export const bytesAt = (lsn: string): string => `pg_wal_lsn_diff(${lsn}, '0/0')::bigint`
