/**
 * Many sends by one statement, instead of seven each: an array in their order, in which those of a
 * conversation are null where one of them has to be looked at by itself (a repeat, a refusal, a cursor that
 * others' messages lie behind). Nothing of that conversation was written then. Their heads are locked
 * already, and its other writes of the batch, if any, are not among them;
 * whom they mention is not asked here.
 *
 * By index alone, whatever the tables' statistics say: the plan is kept,
 * and may have been made when they were empty.
 */
export const createMessagesFunctions = `
CREATE FUNCTION fn.create_messages(_sends jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off AS $$
DECLARE
  _answers jsonb;
BEGIN
  WITH told AS MATERIALIZED (
    SELECT *, bool_and(is_plain) OVER whole AS are_plain, nth = count(*) OVER whole AS is_last FROM (
      SELECT s.*, row_number() OVER earlier AS nth, c.head + row_number() OVER earlier AS seq,
        c.last_ordinal + row_number() OVER earlier AS ordinal,
        greatest(c.last_at, max(s.at) OVER earlier) AS stored_at, c.member_count, m.delivered_seq,
        coalesce(m.user_id IS NOT NULL AND c.shut = 0 AND (u.suspended_at IS NULL OR u.erased_at IS NOT NULL)
          AND fn.permission(_limits, 'message.send', c, m.role) = 'yes'
          AND (s.seen_seq IS NULL
            OR greatest(s.seen_seq, m.read_seq) >= c.head + row_number() OVER earlier - 1)
          -- A subquery is done by index for each. Joined, a plan of when the table was empty read it whole for each.
          AND (SELECT k.seq FROM send_keys k WHERE k.conversation = s.conversation
            AND k.send_key = decode(s.send_key, 'hex')) IS NULL
          AND (s.reply_to IS NULL OR (SELECT r.seq FROM messages r
            WHERE r.conversation = s.conversation AND r.seq = s.reply_to) IS NOT NULL), false) AS is_plain
      FROM ROWS FROM (jsonb_to_recordset(_sends) AS ("conversationId" uuid, "actorId" uuid, at bigint,
          "messageId" uuid, "clientId" text, "sendKey" text, "contentKey" text, text text, priority text,
          "seenSeq" bigint, "replyToSeq" bigint)) WITH ORDINALITY
        s(conversation, actor, at, id, client_id, send_key, content_key, text, priority, seen_seq, reply_to, place)
      LEFT JOIN conversations c ON c.id = s.conversation
      LEFT JOIN members m ON m.conversation = s.conversation AND m.user_id = s.actor
      LEFT JOIN users u ON u.id = s.actor
      WINDOW earlier AS (PARTITION BY s.conversation ORDER BY s.place)
    ) asked WINDOW whole AS (PARTITION BY conversation)
  ), keys AS (
    INSERT INTO send_keys (conversation, send_key, seq, content_key)
    SELECT conversation, decode(send_key, 'hex'), seq, decode(content_key, 'hex') FROM told WHERE are_plain
  ), stored AS (
    INSERT INTO messages (conversation, seq, ordinal, sender, at, updated_seq, reply_to, priority, id, client_id,
      text)
    SELECT conversation, seq, ordinal, actor, stored_at, seq, reply_to, priority, id, client_id, text FROM told
    WHERE are_plain
  ), moved AS (
    UPDATE members m SET read_seq = l.seq, read_ordinal = l.ordinal, read_at = l.stored_at,
      delivered_seq = l.seq, delivered_at = l.stored_at
    FROM (SELECT DISTINCT ON (conversation, actor) conversation, actor, seq, ordinal, stored_at FROM told
      WHERE are_plain ORDER BY conversation, actor, seq DESC) l
    WHERE m.conversation = l.conversation AND m.user_id = l.actor
  ), saved AS (
    UPDATE conversations c SET head = l.seq, last_ordinal = l.ordinal, last_message_seq = l.seq,
      last_at = l.stored_at, active_at = l.stored_at, cursors_at = greatest(c.cursors_at, l.stored_at)
    FROM told l WHERE l.are_plain AND l.is_last AND c.id = l.conversation
  )
  SELECT jsonb_agg(CASE WHEN are_plain
      THEN jsonb_build_array(seq, ordinal, stored_at, delivered_seq, member_count) END ORDER BY place)
    INTO _answers FROM told;
  RETURN _answers;
END $$;
`
