import { active, declared, nextSeq, permitted } from './opening.ts'

/** Conversations as wholes: made, changed, deleted. */
export const conversationFunctions = `
-- What was made under the creator's key, or the pair's: null, an answer, or a refusal.
CREATE FUNCTION fn.made_before(_w jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _key conversation_keys;
BEGIN
  SELECT * INTO _key FROM conversation_keys WHERE key = _w->>'pairKey';
  IF NOT FOUND THEN
    SELECT * INTO _key FROM conversation_keys WHERE key = _w->>'createKey';
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF _key.kind <> _w->>'kind' THEN
      RETURN fn.refused('client_id_reused', 'this clientId made a conversation of another kind');
    END IF;
  END IF;
  RETURN fn.nothing_new() || jsonb_build_object('conversationId', _key.conversation);
END $$;

CREATE FUNCTION fn.create_conversation(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _kind text := _w->>'kind';
  -- An array, whose length the planner knows: of what comes out of JSON it expects a hundred rows, for which it
  -- reads all of a middling table of users, each time.
  _joining uuid[] := ARRAY(SELECT jsonb_array_elements_text(_w->'joining')::uuid);
  _before jsonb;
  _role text;
  _user uuid;
  _events jsonb[] := '{}';
  _changes jsonb[] := '{}';
BEGIN
  ${active}
  IF (SELECT count(*) FROM users WHERE id = ANY(_joining) AND erased_at IS NULL) < cardinality(_joining)
  THEN RETURN fn.refused('not_found', 'a member is no user here'); END IF;
  _before := fn.made_before(_w);
  IF _before IS NOT NULL THEN RETURN _before; END IF;
  -- Nobody is drawn into a conversation by whom they have blocked; nor does one begin one with whom one has.
  IF EXISTS (SELECT 1 FROM blocks WHERE blocked = _actor AND blocker = ANY(_joining))
    OR (_kind = 'direct'
      AND EXISTS (SELECT 1 FROM blocks WHERE blocker = _actor AND blocked = ANY(_joining)))
  THEN RETURN fn.refused('forbidden', 'One of you has blocked the other'); END IF;

  -- Whoever makes the same at this moment is waited for here, and seen by the next statement.
  INSERT INTO conversation_keys (key, conversation, kind)
    SELECT key, _conversation, _kind FROM unnest(ARRAY[_w->>'pairKey', _w->>'createKey']) key
    WHERE key IS NOT NULL ORDER BY key ON CONFLICT DO NOTHING;
  IF EXISTS (SELECT 1 FROM conversation_keys
    WHERE key IN (_w->>'pairKey', _w->>'createKey') AND conversation <> _conversation)
  THEN
    DELETE FROM conversation_keys WHERE conversation = _conversation;
    RETURN fn.made_before(_w);
  END IF;

  INSERT INTO conversations (id, last_at, active_at, cursors_at, kind, visibility, name, topic, search_name,
      search_topic, created_at)
    VALUES (_conversation, _at, _at, _at, _kind, _w->>'visibility', _w->>'name', _w->>'topic',
      _w->>'searchName', _w->>'searchTopic', _at)
    ON CONFLICT (id) DO NOTHING RETURNING * INTO _c;
  -- The same call again, after an answer that was lost on its way.
  IF NOT FOUND THEN
    RETURN fn.nothing_new() || jsonb_build_object('conversationId', _conversation);
  END IF;
  FOREACH _user IN ARRAY _joining LOOP
    _role := CASE WHEN _user = _actor AND _kind <> 'direct' THEN 'owner' ELSE 'member' END;
    ${nextSeq}
    _events := _events || fn.member_event(_c, 'member.joined', _actor, _user, _role);
    _changes := _changes || fn.add_row(_c, _user, _role);
    _c.member_count := _c.member_count + 1;
  END LOOP;
  PERFORM fn.save(_c);
  RETURN fn.committed(to_jsonb(_events), to_jsonb(_changes))
    || jsonb_build_object('conversationId', _conversation);
END $$;

CREATE FUNCTION fn.change_conversation(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _change jsonb := _w->'change';
  _data jsonb;
  _permissions jsonb;
  _event jsonb;
BEGIN
  ${permitted('conversation.change')}
  IF _change->>'visibility' = 'public' AND _c.kind <> 'channel' THEN
    RETURN fn.refused('invalid', 'only a channel can be public');
  END IF;
  SELECT coalesce(jsonb_object_agg(key, value), '{}') INTO _data FROM jsonb_each(_change)
    WHERE value <> jsonb_build_object('name', _c.name, 'topic', _c.topic, 'visibility', _c.visibility,
      'retentionDays', _c.retention_days)->key;
  _permissions := coalesce(_c.permissions::jsonb, _limits->'defaultPermissions');
  IF _permissions || coalesce(_change->'permissions', '{}') <> _permissions THEN
    _permissions := _permissions || (_change->'permissions');
    _data := _data || jsonb_build_object('permissions', _permissions);
  END IF;
  IF _data = '{}' THEN RETURN fn.nothing_new(); END IF;

  UPDATE conversations SET
    name = CASE WHEN _data ? 'name' THEN _data->>'name' ELSE name END,
    search_name = CASE WHEN _data ? 'name' THEN _w->>'searchName' ELSE search_name END,
    topic = CASE WHEN _data ? 'topic' THEN _data->>'topic' ELSE topic END,
    search_topic = CASE WHEN _data ? 'topic' THEN _w->>'searchTopic' ELSE search_topic END,
    visibility = coalesce(_data->>'visibility', visibility),
    retention_days = CASE WHEN _data ? 'retentionDays' THEN (_data->>'retentionDays')::integer
      ELSE retention_days END,
    permissions = nullif(_permissions, _limits->'defaultPermissions')::text
    WHERE id = _conversation;
  ${nextSeq}
  _event := fn.append(_c, 'conversation.changed', _actor, _data);
  PERFORM fn.save(_c);
  RETURN fn.committed(jsonb_build_array(_event), '[]');
END $$;

CREATE FUNCTION fn.delete_conversation(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
BEGIN
  ${permitted('conversation.delete')}
  PERFORM fn.begin_erasure(_conversation);
  RETURN fn.committed('[]', fn.remove_some(_conversation, _at, (_limits->>'erasedRows')::bigint))
    || fn.rest_of_erasure(_at);
END $$;
`
