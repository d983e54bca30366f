/** What the writes answer, and who may: the words of `Outcome`. */
export const answersFunctions = `
CREATE FUNCTION fn.refused(_code text, _detail text DEFAULT NULL) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object('status', 'refused', 'code', _code, 'detail', _detail))
$$;

CREATE FUNCTION fn.committed(_events jsonb, _user_changes jsonb, _receipts jsonb DEFAULT '[]') RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('status', 'committed', 'fresh', true,
    'events', _events, 'receipts', _receipts, 'userChanges', _user_changes)
$$;

-- What a repeat answers, and a write that changes nothing.
CREATE FUNCTION fn.nothing_new() RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT '{"status":"committed","fresh":false,"events":[],"receipts":[],"userChanges":[]}'::jsonb
$$;

CREATE FUNCTION fn.is_suspended(_user uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT EXISTS (SELECT 1 FROM users WHERE id = _user AND suspended_at IS NOT NULL AND erased_at IS NULL));
END $$;

CREATE FUNCTION fn.iso(_ms bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(to_timestamp(_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.')
    || lpad((_ms % 1000)::text, 3, '0') || 'Z'
$$;

-- In part the conversation's own to decide for its members: owners and admins always may.
CREATE FUNCTION fn.permission(_limits jsonb, _action text, _c conversations, _role text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN _c.kind <> 'direct' AND _role = 'member' AND _limits->'decidedBy'->>_action IS NOT NULL
    THEN CASE WHEN coalesce(_c.permissions::jsonb, _limits->'defaultPermissions')
      ->>(_limits->'decidedBy'->>_action) = 'members' THEN 'yes' ELSE 'no' END
    ELSE _limits->'permissions'->_action->>(CASE WHEN _c.kind = 'direct' THEN 'direct' ELSE _role END) END
$$;

-- Null for who may.
CREATE FUNCTION fn.denied(_limits jsonb, _action text, _c conversations, _role text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  _permission text := fn.permission(_limits, _action, _c, _role);
BEGIN
  IF _permission = 'yes' THEN RETURN NULL; END IF;
  IF _permission = 'never' THEN
    RETURN fn.refused('conflict', 'A direct conversation has neither roles nor changes');
  END IF;
  RETURN fn.refused('forbidden', 'This needs the role '
    || CASE WHEN _limits->'permissions'->_action->>'admin' = 'yes' THEN 'admin' ELSE 'owner' END);
END $$;

-- Appends to the log. What is shown of an event may be more than what the log keeps: never a text.
CREATE FUNCTION fn.append(_c conversations, _type text, _actor uuid, _data jsonb, _shown jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO events (conversation, seq, type, actor, at, target, data)
    VALUES (_c.id, _c.head, _type, _actor, _c.last_at, (_data->>'target')::bigint, _data::text);
  RETURN jsonb_build_object('conversationId', _c.id, 'seq', _c.head, 'type', _type, 'actorId', _actor,
    'at', fn.iso(_c.last_at), 'data', coalesce(_shown, _data));
END $$;

CREATE FUNCTION fn.save(_c conversations) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE conversations SET head = _c.head, last_ordinal = _c.last_ordinal,
    last_message_seq = _c.last_message_seq, last_at = _c.last_at, active_at = _c.active_at,
    cursors_at = _c.cursors_at, member_count = _c.member_count
  WHERE id = _c.id;
END $$;

CREATE FUNCTION fn.next_rev(_user uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  _rev bigint;
BEGIN
  UPDATE users SET user_rev = user_rev + 1 WHERE id = _user RETURNING user_rev INTO _rev;
  RETURN _rev;
END $$;

-- The same, for a change of their profile or settings.
CREATE FUNCTION fn.me_changed(_user uuid, _profile boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _rev bigint;
BEGIN
  UPDATE users SET user_rev = user_rev + 1, me_rev = user_rev + 1 WHERE id = _user
    RETURNING user_rev INTO _rev;
  RETURN jsonb_build_object('change', 'me', 'userId', _user, 'userRev', _rev, 'profile', _profile);
END $$;
`
