import { active, declared, nextSeq, permitted } from './opening.ts'

/** Who comes, who goes, and as what; with each coming and going the user's own rev. */
export const memberFunctions = `
-- Adds who has joined by the log's last event; everything before it counts as read.
CREATE FUNCTION fn.add_row(_c conversations, _user uuid, _role text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _rev bigint := fn.next_rev(_user);
BEGIN
  INSERT INTO members (conversation, user_id, role, joined_seq, read_seq, read_ordinal, read_at, delivered_seq,
      delivered_at)
    VALUES (_c.id, _user, _role, _c.head, _c.head, _c.last_ordinal, _c.last_at, _c.head, _c.last_at);
  INSERT INTO memberships (user_id, conversation, user_rev) VALUES (_user, _c.id, _rev);
  RETURN jsonb_build_object('change', 'conversation', 'userId', _user, 'userRev', _rev,
    'conversationId', _c.id);
END $$;

-- Takes the row, and notes the departure for a day, forgetting more old ones than come.
CREATE FUNCTION fn.remove_row(_conversation uuid, _user uuid, _at bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _rev bigint := fn.next_rev(_user);
BEGIN
  DELETE FROM members WHERE conversation = _conversation AND user_id = _user;
  DELETE FROM memberships WHERE user_id = _user AND conversation = _conversation;
  DELETE FROM departures d USING (
    SELECT user_id, user_rev FROM departures WHERE at < _at - 86400000 ORDER BY at LIMIT 4
    FOR UPDATE SKIP LOCKED) old
    WHERE (d.user_id, d.user_rev) = (old.user_id, old.user_rev);
  INSERT INTO departures (user_id, user_rev, conversation, at) VALUES (_user, _rev, _conversation, _at);
  RETURN jsonb_build_object('change', 'removed', 'userId', _user, 'userRev', _rev,
    'conversationId', _conversation);
END $$;

CREATE FUNCTION fn.member_event(_c conversations, _type text, _actor uuid, _user uuid, _role text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT fn.append(_c, _type, _actor, jsonb_strip_nulls(jsonb_build_object('userId', _user, 'role', _role))));
END $$;

-- Who has another role from now on, as an outcome tells it.
CREATE FUNCTION fn.given(_conversation uuid, _user uuid, _from text, _to text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('roles', jsonb_build_array(jsonb_build_object('conversationId', _conversation,
    'userId', _user, 'from', _from, 'to', _to)))
$$;

-- Takes a member out, and where the owner leaves makes an heir the owner: the longest-standing admin, else
-- member, who is also the event's actor, since nothing may be ordered after its actor's member.left.
-- The last to leave deletes the conversation. The conversation is locked.
CREATE FUNCTION fn.leave(_conversation uuid, _actor uuid, _leaving members, _at bigint, _limits jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _c conversations;
  _events jsonb;
  _change jsonb;
  _heir members;
  _rest jsonb := '{}';
BEGIN
  SELECT * INTO _c FROM conversations WHERE id = _conversation;
  ${nextSeq}
  _c.member_count := _c.member_count - 1;
  _events := jsonb_build_array(fn.member_event(_c, 'member.left', _actor, _leaving.user_id));
  _change := fn.remove_row(_conversation, _leaving.user_id, _at);
  IF _c.member_count = 0 THEN
    PERFORM fn.begin_erasure(_conversation);
    RETURN fn.committed(_events, jsonb_build_array(_change)) || fn.rest_of_erasure(_at);
  END IF;
  IF _leaving.role = 'owner' THEN
    SELECT * INTO _heir FROM members WHERE conversation = _conversation AND role = 'admin'
      ORDER BY joined_seq LIMIT 1;
    IF NOT FOUND THEN
      SELECT * INTO _heir FROM members WHERE conversation = _conversation ORDER BY joined_seq LIMIT 1;
    END IF;
    UPDATE members SET role = 'owner' WHERE conversation = _conversation AND user_id = _heir.user_id;
    _c.head := _c.head + 1;
    _events := _events || fn.member_event(_c, 'member.changed', _heir.user_id, _heir.user_id, 'owner');
    _rest := fn.given(_conversation, _heir.user_id, _heir.role, 'owner');
  END IF;
  PERFORM fn.save(_c);
  RETURN fn.committed(_events, jsonb_build_array(_change)) || _rest;
END $$;

CREATE FUNCTION fn.add_member(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _user uuid := (_w->>'userId')::uuid;
  _role text := _w->>'role';
  _event jsonb;
  _change jsonb;
BEGIN
  SELECT * INTO _c FROM conversations WHERE id = _conversation FOR NO KEY UPDATE;
  SELECT * INTO _m FROM members WHERE conversation = _c.id AND user_id = _actor;
  IF _actor <> _user THEN
    IF _m.role IS NULL THEN RETURN fn.refused('not_found'); END IF;
    ${active}
    _refused := fn.denied(_limits, CASE WHEN _role = 'member' THEN 'member.add' ELSE 'member.addAdmin' END,
      _c, _m.role);
    IF _refused IS NOT NULL THEN RETURN _refused; END IF;
  ELSE
    IF _c.id IS NULL OR (_m.role IS NULL AND _c.visibility <> 'public'
      AND NOT coalesce((_w->>'invited')::boolean, false))
    THEN RETURN fn.refused('not_found'); END IF;
    ${active}
    IF _role <> 'member' AND _m.role IS NULL THEN
      RETURN fn.refused('forbidden', 'Whoever joins is a member first');
    END IF;
  END IF;
  IF _c.kind = 'direct' THEN
    RETURN fn.refused('conflict', 'the members of a direct conversation stay who they are');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM users WHERE id = _user AND erased_at IS NULL) THEN
    RETURN fn.refused('not_found', 'there is no such user');
  END IF;
  IF EXISTS (SELECT 1 FROM members WHERE conversation = _conversation AND user_id = _user) THEN
    RETURN fn.nothing_new();
  END IF;
  IF EXISTS (SELECT 1 FROM blocks WHERE blocker = _user AND blocked = _actor) THEN
    RETURN fn.refused('forbidden', 'You can’t add this person');
  END IF;
  IF _role = 'owner' THEN RETURN fn.refused('conflict', 'Only a member can become the owner'); END IF;

  ${nextSeq}
  _event := fn.member_event(_c, 'member.joined', _actor, _user, _role);
  _change := fn.add_row(_c, _user, _role);
  _c.member_count := _c.member_count + 1;
  _c.cursors_at := greatest(_c.cursors_at, _c.last_at);
  PERFORM fn.save(_c);
  RETURN fn.committed(jsonb_build_array(_event), jsonb_build_array(_change))
    || CASE WHEN _role = 'member' THEN '{}' ELSE fn.given(_conversation, _user, NULL, _role) END;
END $$;

CREATE FUNCTION fn.remove_member(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _leaving members;
  _left jsonb;
BEGIN
  IF _w->>'userId' = _w->>'actorId' THEN
    ${permitted('member.leave')}
  ELSE
    ${permitted('member.remove')}
  END IF;
  SELECT * INTO _leaving FROM members
    WHERE conversation = _conversation AND user_id = (_w->>'userId')::uuid;
  IF NOT FOUND THEN RETURN fn.refused('not_found', 'this user is no member'); END IF;
  IF _leaving.role = 'owner' AND _leaving.user_id <> _actor THEN
    RETURN fn.refused('forbidden', 'nobody can remove the owner');
  END IF;
  _left := fn.leave(_conversation, _actor, _leaving, _at, _limits);
  -- A member who goes by themselves loses nothing that somebody had given them.
  IF _leaving.user_id = _actor AND _leaving.role = 'member' THEN RETURN _left; END IF;
  RETURN _left || jsonb_build_object('roles', (fn.given(_conversation, _leaving.user_id, _leaving.role, NULL)->'roles')
    || coalesce(_left->'roles', '[]'));
END $$;

-- A conversation but a direct one has exactly one owner: the role is handed over, never shed or taken.
CREATE FUNCTION fn.change_role(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _user uuid := (_w->>'userId')::uuid;
  _role text := _w->>'role';
  _before text;
  _events jsonb;
  _roles jsonb;
BEGIN
  ${permitted('member.change')}
  SELECT role INTO _before FROM members WHERE conversation = _conversation AND user_id = _user;
  IF NOT FOUND THEN RETURN fn.refused('not_found', 'this user is no member'); END IF;
  IF _before = _role THEN RETURN fn.nothing_new(); END IF;
  IF _role = 'owner' THEN
    _refused := fn.denied(_limits, 'conversation.handOver', _c, _m.role);
    IF _refused IS NOT NULL THEN RETURN _refused; END IF;
  END IF;
  IF _before = 'owner' THEN
    IF _actor = _user THEN RETURN fn.refused('conflict', 'hand over the conversation first'); END IF;
    RETURN fn.refused('forbidden', 'nobody can change the owner');
  END IF;

  ${nextSeq}
  UPDATE members SET role = _role WHERE conversation = _conversation AND user_id = _user;
  _events := jsonb_build_array(fn.member_event(_c, 'member.changed', _actor, _user, _role));
  _roles := fn.given(_conversation, _user, _before, _role)->'roles';
  IF _role = 'owner' THEN
    ${nextSeq}
    UPDATE members SET role = 'admin' WHERE conversation = _conversation AND user_id = _actor;
    _events := _events || fn.member_event(_c, 'member.changed', _actor, _actor, 'admin');
    _roles := _roles || (fn.given(_conversation, _actor, 'owner', 'admin')->'roles');
  END IF;
  PERFORM fn.save(_c);
  RETURN fn.committed(_events, '[]') || jsonb_build_object('roles', _roles);
END $$;
`
