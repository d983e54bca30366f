/**
 * Tables of what a conversation held, with the rest of their keys: erased in this order, a few rows a step.
 */
const contents = [
  ['messages', 'seq'],
  ['events', 'seq'],
  ['reactions', 'target, emoji, user_id'],
  ['reaction_counts', 'target, emoji'],
  ['mentions', 'user_id, seq'],
  ['send_keys', 'send_key'],
] as const

/**
 * Erases a conversation in steps of bounded size, the first of which takes it from everybody: without its row
 * nobody finds it. What it held goes in later batches, and a row in `erasures` says so until it is done.
 */
export const eraseFunctions = `
CREATE FUNCTION fn.rest_of_erasure(_at bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('rest', jsonb_build_object('write', 'erasure.continue', 'at', _at))
$$;

CREATE FUNCTION fn.begin_erasure(_conversation uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM conversations WHERE id = _conversation;
  DELETE FROM conversation_keys WHERE conversation = _conversation;
  DELETE FROM invitations WHERE conversation = _conversation::text;
  INSERT INTO erasures (conversation) VALUES (_conversation);
END $$;

CREATE FUNCTION fn.remove_some(_conversation uuid, _at bigint, _limit bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  _changes jsonb[] := '{}';
  _user uuid;
BEGIN
  -- In the order of their ids, as every batch locks people.
  PERFORM 1 FROM users WHERE id IN (
    SELECT user_id FROM members WHERE conversation = _conversation ORDER BY joined_seq LIMIT _limit)
    ORDER BY id FOR NO KEY UPDATE;
  FOR _user IN
    SELECT user_id FROM members WHERE conversation = _conversation ORDER BY joined_seq LIMIT _limit
  LOOP
    _changes := _changes || fn.remove_row(_conversation, _user, _at);
  END LOOP;
  RETURN to_jsonb(_changes);
END $$;

CREATE FUNCTION fn.continue_erasure(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _at bigint := (_w->>'at')::bigint;
  _conversation uuid;
  _changes jsonb;
  _left bigint := (_limits->>'erasedRows')::bigint;
  _erased bigint;
  _answer jsonb;
BEGIN
  -- Another node may be at one: it goes on with that itself.
  SELECT conversation INTO _conversation FROM erasures ORDER BY conversation LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN fn.nothing_new(); END IF;
  _changes := fn.remove_some(_conversation, _at, _left);
  _left := _left - jsonb_array_length(_changes);
  ${contents
    .map(
      ([table, key]) => `
  IF _left > 0 THEN
    DELETE FROM ${table} WHERE conversation = _conversation AND (${key}) IN (
      SELECT ${key} FROM ${table} WHERE conversation = _conversation LIMIT _left);
    GET DIAGNOSTICS _erased = ROW_COUNT;
    _left := _left - _erased;
  END IF;`,
    )
    .join('')}
  IF _left > 0 THEN
    -- Last, when who follows the log has hardly anything of it under way: both lock these rows, in orders of their own.
    DELETE FROM log_positions WHERE conversation = _conversation;
    DELETE FROM erasures WHERE conversation = _conversation;
  END IF;
  _answer := fn.nothing_new() || jsonb_build_object('fresh', true, 'userChanges', _changes);
  IF EXISTS (SELECT 1 FROM erasures) THEN RETURN _answer || fn.rest_of_erasure(_at); END IF;
  RETURN _answer;
END $$;
`
