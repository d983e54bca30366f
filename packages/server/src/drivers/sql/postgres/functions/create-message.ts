import { messageColumnsFor } from '../message-columns.ts'
import { declared, permitted } from './opening.ts'

/**
 * The hot path. What can refuse comes before the first row, so that a refusal has nothing to undo. The answer
 * is what is not known before: the message itself is put together by who asked.
 */
export const createMessageFunctions = `
-- Whom a text really addresses: members by handle, and everybody where the sender may. Null for nobody.
CREATE FUNCTION fn.addressed(_limits jsonb, _c conversations, _role text, _mentioned jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  _all boolean;
  _handles text[] := ARRAY(SELECT jsonb_array_elements_text(_mentioned->'handles'));
  _ids jsonb;
BEGIN
  IF _mentioned IS NULL THEN RETURN NULL; END IF;
  _all := (_mentioned->>'all')::boolean
    AND fn.permission(_limits, 'message.mentionAll', _c, _role) = 'yes';
  SELECT jsonb_agg(u.id ORDER BY array_position(_handles, u.handle)) INTO _ids
    FROM users u JOIN members m ON m.conversation = _c.id AND m.user_id = u.id
    WHERE u.handle = ANY(_handles);
  IF _ids IS NULL AND NOT _all THEN RETURN NULL; END IF;
  RETURN jsonb_build_object('userIds', coalesce(_ids, '[]'), 'all', _all);
END $$;

-- Counts a message for those it mentions: whom @all reaches once, oneself never.
CREATE FUNCTION fn.save_mentions(_conversation uuid, _seq bigint, _sender uuid, _addressed jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mentions (conversation, user_id, seq)
    SELECT _conversation, id::uuid, _seq FROM jsonb_array_elements_text(_addressed->'userIds') id
    WHERE NOT (_addressed->>'all')::boolean AND id::uuid <> _sender;
END $$;

CREATE FUNCTION fn.unread(_c conversations, _seq bigint, _ordinal bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  IF _c.last_ordinal = _ordinal THEN RETURN 0; END IF;
  RETURN _c.last_ordinal - _ordinal - (SELECT count(*) FROM messages
    WHERE conversation = _c.id AND seq > _seq AND deleted_at IS NOT NULL);
END $$;

CREATE FUNCTION fn.unread_mentions(_conversation uuid, _user uuid, _seq bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT (SELECT count(*) FROM mentions
      WHERE conversation = _conversation AND user_id = _user AND seq > _seq)
    + (SELECT count(*) FROM messages
      WHERE conversation = _conversation AND seq > _seq AND mentions_all AND sender <> _user));
END $$;

CREATE FUNCTION fn.ordinal_at(_conversation uuid, _seq bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT coalesce((SELECT ordinal FROM messages WHERE conversation = _conversation AND seq <= _seq
    ORDER BY seq DESC LIMIT 1), 0));
END $$;

CREATE FUNCTION fn.move_read(_m members, _seq bigint, _ordinal bigint, _at bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE members SET read_seq = _seq, read_ordinal = _ordinal, read_at = _at,
    delivered_seq = greatest(delivered_seq, _seq),
    delivered_at = CASE WHEN delivered_seq < _seq THEN _at ELSE delivered_at END
  WHERE conversation = _m.conversation AND user_id = _m.user_id;
END $$;

CREATE FUNCTION fn.create_message(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _key bytea := decode(_w->>'sendKey', 'hex');
  _content bytea := decode(_w->>'contentKey', 'hex');
  _reply_to bigint := (_w->>'replyToSeq')::bigint;
  _first send_keys;
  _seen bigint;
  _seen_ordinal bigint;
  _unread bigint;
  _addressed jsonb;
BEGIN
  ${permitted('message.send')}
  IF _reply_to IS NOT NULL AND NOT EXISTS
    (SELECT 1 FROM messages WHERE conversation = _conversation AND seq = _reply_to)
  THEN RETURN fn.refused('invalid', 'the reply is to no message of this conversation'); END IF;

  IF _c.shut = 0 THEN
    INSERT INTO send_keys (conversation, send_key, seq, content_key)
      VALUES (_conversation, _key, _c.head + 1, _content) ON CONFLICT DO NOTHING;
  END IF;
  IF _c.shut = 1 OR NOT FOUND THEN
    SELECT * INTO _first FROM send_keys WHERE conversation = _conversation AND send_key = _key;
    IF NOT FOUND THEN RETURN fn.refused('forbidden', 'One of you has blocked the other'); END IF;
    IF _first.content_key <> _content THEN RETURN fn.refused('client_id_reused'); END IF;
    RETURN (SELECT jsonb_build_object('repeated', to_jsonb(first)) FROM (
      SELECT ${messageColumnsFor('_actor')} FROM messages m
      WHERE m.conversation = _conversation AND m.seq = _first.seq) first);
  END IF;

  _c.head := _c.head + 1;
  _c.last_ordinal := _c.last_ordinal + 1;
  _c.last_message_seq := _c.head;
  _c.last_at := greatest(_c.last_at, _at);
  _c.active_at := _c.last_at;
  -- Messages up to the sender's own cursor count as seen, whatever this device saw.
  _seen := greatest(coalesce((_w->>'seenSeq')::bigint, _c.head), _m.read_seq);
  IF _seen >= _c.head - 1 OR NOT EXISTS (SELECT 1 FROM messages WHERE conversation = _conversation
    AND seq > _seen AND sender <> _actor AND deleted_at IS NULL)
  THEN _seen := _c.head; END IF;

  IF _w ? 'mentioned' THEN _addressed := fn.addressed(_limits, _c, _m.role, _w->'mentioned'); END IF;
  INSERT INTO messages (conversation, seq, ordinal, sender, at, updated_seq, reply_to, priority, id, client_id,
      text, mentions, mentions_all, forwarded_sender, forwarded_at)
    VALUES (_conversation, _c.head, _c.last_ordinal, _actor, _c.last_at, _c.head, _reply_to, _w->>'priority',
      (_w->>'messageId')::uuid, _w->>'clientId', _w->>'text', _addressed::text,
      coalesce((_addressed->>'all')::boolean, false), (_w->'forwardedFrom'->>'senderId')::uuid,
      (_w->'forwardedFrom'->>'createdAt')::bigint);
  IF _addressed IS NOT NULL THEN PERFORM fn.save_mentions(_conversation, _c.head, _actor, _addressed); END IF;

  _seen_ordinal := CASE WHEN _seen = _c.head THEN _c.last_ordinal
    ELSE fn.ordinal_at(_conversation, _seen) END;
  IF _seen > _m.read_seq THEN
    PERFORM fn.move_read(_m, _seen, _seen_ordinal, _c.last_at);
    _c.cursors_at := greatest(_c.cursors_at, _c.last_at);
  END IF;
  PERFORM fn.save(_c);
  _unread := fn.unread(_c, _seen, _seen_ordinal);
  RETURN jsonb_build_object('created', _c.head, 'ordinal', _c.last_ordinal, 'at', _c.last_at,
    'addressed', _addressed::text, 'seen', _seen, 'moved', _seen > _m.read_seq,
    'deliveredSeq', _m.delivered_seq, 'memberCount', _c.member_count, 'unread', _unread,
    'mentions', CASE WHEN _unread = 0 THEN 0 ELSE fn.unread_mentions(_conversation, _actor, _seen) END);
END $$;
`
