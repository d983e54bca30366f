import { systemUserId } from '@confab/protocol/retention'
import { declared, nextSeq, open, permitted } from './opening.ts'

/** The message that a write is about, in `_message`: one that is, or a refusal. */
const found = `
  SELECT * INTO _message FROM messages WHERE conversation = _conversation AND seq = _seq;
  IF NOT FOUND THEN RETURN fn.refused('not_found', 'there is no such message'); END IF;`

/** The same, for one that is not deleted. */
const existing = `${found}
  IF _message.deleted_at IS NOT NULL THEN RETURN fn.refused('conflict', 'the message is deleted'); END IF;`

const given = `${declared}
  _seq bigint := (_w->>'seq')::bigint;
  _on boolean := (_w->>'on')::boolean;
  _message messages;
  _event jsonb;`

const answered = `
  PERFORM fn.save(_c);
  RETURN fn.committed(jsonb_build_array(_event), '[]');`

/** What is done to a message. */
export const messageFunctions = `
CREATE FUNCTION fn.forget_mentions(_message messages) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- By the message's own list, for the key leads with the user: a few seeks, not a scan.
  IF _message.mentions IS NOT NULL THEN
    DELETE FROM mentions WHERE conversation = _message.conversation AND seq = _message.seq AND user_id IN (
      SELECT id::uuid FROM jsonb_array_elements_text(_message.mentions::jsonb->'userIds') id);
  END IF;
END $$;

CREATE FUNCTION fn.edit_message(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${given}
  _addressed jsonb;
  _edited_at text;
BEGIN
  ${permitted('message.edit')}
  ${open}
  ${existing}
  IF _message.sender <> _actor THEN
    RETURN fn.refused('forbidden', 'this message is not yours to edit');
  END IF;
  IF _message.forwarded_sender IS NOT NULL THEN
    RETURN fn.refused('conflict', 'a forwarded message is somebody else’s words');
  END IF;
  IF _message.text = _w->>'text' THEN RETURN fn.nothing_new(); END IF;

  ${nextSeq}
  _addressed := fn.addressed(_limits, _c, _m.role, _w->'mentioned');
  _edited_at := fn.iso(_c.last_at);
  PERFORM fn.forget_mentions(_message);
  UPDATE messages SET text = _w->>'text', mentions = _addressed::text,
    mentions_all = coalesce((_addressed->>'all')::boolean, false), edited_at = _c.last_at, updated_seq = _c.head
    WHERE conversation = _conversation AND seq = _seq;
  IF _addressed IS NOT NULL THEN PERFORM fn.save_mentions(_conversation, _seq, _actor, _addressed); END IF;
  _event := fn.append(_c, 'message.edited', _actor,
    jsonb_build_object('target', _seq, 'editedAt', _edited_at),
    jsonb_build_object('target', _seq, 'editedAt', _edited_at, 'text', _w->>'text',
      'mentions', coalesce(_addressed, '{"userIds":[],"all":false}')));
  ${answered}
END $$;

-- Erases what a message said and what was said to it. Its place, its time and its send key stay. The caller
-- has taken the next seq.
CREATE FUNCTION fn.delete_in_place(_c conversations, _message messages, _actor uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fn.forget_mentions(_message);
  UPDATE messages SET text = '', mentions = NULL, mentions_all = false, reply_to = NULL,
    forwarded_sender = NULL, forwarded_at = NULL, deleted_at = _c.last_at, updated_seq = _c.head
    WHERE conversation = _c.id AND seq = _message.seq;
  DELETE FROM reactions WHERE conversation = _c.id AND target = _message.seq;
  DELETE FROM reaction_counts WHERE conversation = _c.id AND target = _message.seq;
  RETURN fn.append(_c, 'message.deleted', _actor,
    jsonb_build_object('target', _message.seq, 'deletedAt', fn.iso(_c.last_at)));
END $$;

CREATE FUNCTION fn.delete_message(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${given}
BEGIN
  IF (_w->>'asAdministrator')::boolean THEN
    _refused := fn.not_administered(_actor);
    IF _refused IS NOT NULL THEN RETURN _refused; END IF;
    SELECT * INTO _c FROM conversations WHERE id = _conversation FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN fn.refused('not_found'); END IF;
    ${found}
  ELSE
    ${permitted('message.delete')}
    ${found}
    IF _message.sender <> _actor THEN
      _refused := fn.denied(_limits, 'message.deleteOthers', _c, _m.role);
      IF _refused IS NOT NULL THEN RETURN _refused; END IF;
    END IF;
  END IF;
  IF _message.deleted_at IS NOT NULL THEN RETURN fn.nothing_new(); END IF;
  ${nextSeq}
  _event := fn.delete_in_place(_c, _message, _actor);
  IF _message.sender <> _actor AND (_w->>'asAdministrator') IS NULL THEN
    PERFORM fn.save(_c);
    RETURN fn.committed(jsonb_build_array(_event), '[]')
      || jsonb_build_object('removed', jsonb_build_object('conversationId', _conversation, 'seq', _seq));
  END IF;
  ${answered}
END $$;

-- Deletes the oldest messages as their senders could have, one event each: every client folds it as ever.
CREATE FUNCTION fn.expire_messages(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _message messages;
  _events jsonb[] := '{}';
  _last bigint;
BEGIN
  SELECT * INTO _c FROM conversations WHERE id = _conversation FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN fn.refused('not_found'); END IF;
  FOR _message IN SELECT * FROM messages WHERE conversation = _conversation AND seq > _c.expired_seq
    ORDER BY seq LIMIT (_w->>'limit')::bigint
  LOOP
    -- Not a condition of the read, which would go on to the last message: "at" never runs backwards.
    EXIT WHEN _message.at >= (_w->>'before')::bigint;
    _last := _message.seq;
    CONTINUE WHEN _message.deleted_at IS NOT NULL;
    ${nextSeq}
    _events := _events || fn.delete_in_place(_c, _message, '${systemUserId}');
  END LOOP;
  IF _last IS NULL THEN RETURN fn.nothing_new(); END IF;
  UPDATE conversations SET expired_seq = _last WHERE id = _conversation;
  PERFORM fn.save(_c);
  RETURN fn.committed(to_jsonb(_events), '[]');
END $$;

CREATE FUNCTION fn.react(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${given}
  _emoji text := _w->>'emoji';
  _kinds_max bigint := (_limits->>'reactionKinds')::bigint;
BEGIN
  ${permitted('message.react')}
  ${open}
  ${existing}
  IF _on = EXISTS (SELECT 1 FROM reactions WHERE conversation = _conversation AND target = _seq
    AND emoji = _emoji AND user_id = _actor)
  THEN RETURN fn.nothing_new(); END IF;
  IF _on AND (SELECT count(*) FROM reaction_counts WHERE conversation = _conversation AND target = _seq
    AND emoji <> _emoji) >= _kinds_max
  THEN RETURN fn.refused('conflict', 'a message has at most ' || _kinds_max || ' kinds of reactions'); END IF;

  ${nextSeq}
  _event := fn.append(_c, CASE WHEN _on THEN 'reaction.added' ELSE 'reaction.removed' END, _actor,
    jsonb_build_object('target', _seq, 'emoji', _emoji));
  IF _on THEN
    INSERT INTO reactions (conversation, target, emoji, user_id, seq)
      VALUES (_conversation, _seq, _emoji, _actor, _c.head);
    INSERT INTO reaction_counts AS n (conversation, target, emoji, since, count)
      VALUES (_conversation, _seq, _emoji, _c.head, 1)
      ON CONFLICT (conversation, target, emoji) DO UPDATE SET count = n.count + 1;
  ELSE
    DELETE FROM reactions
      WHERE conversation = _conversation AND target = _seq AND emoji = _emoji AND user_id = _actor;
    DELETE FROM reaction_counts
      WHERE conversation = _conversation AND target = _seq AND emoji = _emoji AND count = 1;
    UPDATE reaction_counts SET count = count - 1
      WHERE conversation = _conversation AND target = _seq AND emoji = _emoji;
  END IF;
  UPDATE messages SET updated_seq = _c.head WHERE conversation = _conversation AND seq = _seq;
  ${answered}
END $$;

CREATE FUNCTION fn.pin(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${given}
BEGIN
  ${permitted('message.pin')}
  ${open}
  ${existing}
  IF (_message.pinned_seq > 0) = _on THEN RETURN fn.nothing_new(); END IF;
  ${nextSeq}
  _event := fn.append(_c, CASE WHEN _on THEN 'message.pinned' ELSE 'message.unpinned' END, _actor,
    jsonb_build_object('target', _seq));
  UPDATE messages SET pinned_seq = CASE WHEN _on THEN _c.head ELSE 0 END, updated_seq = _c.head
    WHERE conversation = _conversation AND seq = _seq;
  ${answered}
END $$;
`
