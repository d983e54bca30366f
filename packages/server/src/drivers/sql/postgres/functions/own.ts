import { settingsMax, tooManySettings } from '@confab/protocol/settings'
import { active, declared, permitted } from './opening.ts'

/** What one administrator does to another's account, which is in `_user`; or a refusal. */
const administered = `
  _refused := fn.not_administered(_actor);
  IF _refused IS NOT NULL THEN RETURN _refused; END IF;
  SELECT * INTO _user FROM users WHERE id = (_w->>'userId')::uuid AND erased_at IS NULL;
  IF NOT FOUND THEN RETURN fn.refused('not_found', 'there is no such user'); END IF;`

/**
 * What is a person's own: cursors, settings of a membership, profile, blocks, presence, and their erasure.
 */
export const ownFunctions = `
CREATE FUNCTION fn.move_cursor(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _seq bigint;
  _ordinal bigint;
  _unread bigint;
  _receipt jsonb;
BEGIN
  ${permitted('cursor.move')}
  _seq := least((_w->>'seq')::bigint, _c.head);
  IF _seq <= (CASE WHEN _w->>'cursor' = 'delivered' THEN _m.delivered_seq ELSE _m.read_seq END) THEN
    RETURN fn.nothing_new();
  END IF;
  _c.cursors_at := greatest(_c.cursors_at, _at);
  _receipt := jsonb_build_object('conversationId', _conversation, 'userId', _actor);
  IF _seq > _m.delivered_seq THEN
    _receipt := _receipt || jsonb_build_object('deliveredSeq', _seq, 'deliveredAt', fn.iso(_at));
  END IF;
  IF _w->>'cursor' = 'delivered' THEN
    UPDATE members SET delivered_seq = _seq, delivered_at = _at
      WHERE conversation = _conversation AND user_id = _actor;
  ELSE
    _ordinal := CASE WHEN _seq = _c.head THEN _c.last_ordinal ELSE fn.ordinal_at(_conversation, _seq) END;
    PERFORM fn.move_read(_m, _seq, _ordinal, _at);
    _unread := fn.unread(_c, _seq, _ordinal);
    _receipt := _receipt || jsonb_build_object('readSeq', _seq, 'readAt', fn.iso(_at), 'mine',
      jsonb_build_object('unread', _unread, 'head', _c.head, 'mentions',
        CASE WHEN _unread = 0 THEN 0 ELSE fn.unread_mentions(_conversation, _actor, _seq) END));
  END IF;
  PERFORM fn.save(_c);
  RETURN fn.committed('[]', '[]', jsonb_build_array(jsonb_build_object('receipt', _receipt,
    'told', _c.member_count <= (_limits->>'receiptMembers')::bigint)));
END $$;

CREATE FUNCTION fn.change_membership(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  ${declared}
  _change jsonb := _w->'change';
  _after members;
  _rev bigint;
BEGIN
  ${permitted('membership.change')}
  _after := _m;
  _after.muted := coalesce((_change->>'muted')::boolean::integer, _m.muted);
  _after.pinned := coalesce((_change->>'pinned')::boolean::integer, _m.pinned);
  _after.notify := coalesce(_change->>'notify', _m.notify);
  _after.hidden := coalesce((_change->>'hidden')::boolean::integer, _m.hidden);
  _after.marked_unread := coalesce((_change->>'markedUnread')::boolean::integer, _m.marked_unread);
  IF _change ? 'draft' THEN _after.draft := _change->>'draft'; END IF;
  IF _after IS NOT DISTINCT FROM _m THEN RETURN fn.nothing_new(); END IF;

  UPDATE members SET muted = _after.muted, pinned = _after.pinned, notify = _after.notify,
    hidden = _after.hidden, marked_unread = _after.marked_unread, draft = _after.draft
    WHERE conversation = _conversation AND user_id = _actor;
  _rev := fn.next_rev(_actor);
  UPDATE memberships SET user_rev = _rev WHERE user_id = _actor AND conversation = _conversation;
  RETURN fn.committed('[]', jsonb_build_array(jsonb_build_object('change', 'conversation', 'userId', _actor,
    'userRev', _rev, 'conversationId', _conversation)));
END $$;

-- Makes a user found by what they are called: by the words given for a name, by a handle, or both anew.
CREATE FUNCTION fn.index_user(_user uuid, _words jsonb, _handle text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF _words IS NOT NULL THEN
    DELETE FROM user_words WHERE user_id = _user AND NOT of_handle;
    INSERT INTO user_words SELECT word, _user, false FROM jsonb_array_elements_text(_words) word
      ON CONFLICT DO NOTHING;
  END IF;
  IF _handle IS NOT NULL THEN
    DELETE FROM user_words WHERE user_id = _user AND of_handle;
    INSERT INTO user_words VALUES (_handle, _user, true);
  END IF;
END $$;

-- False for a handle that somebody has.
CREATE FUNCTION fn.create_user(_w jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  _id uuid := (_w->>'id')::uuid;
  _at bigint := (_w->>'at')::bigint;
BEGIN
  -- One after the other: whoever comes first runs the installation, whatever becomes of them later.
  PERFORM pg_advisory_xact_lock(4302198762);
  IF EXISTS (SELECT 1 FROM users WHERE id = _id) THEN RETURN true; END IF;
  INSERT INTO users (id, name, sort_name, handle, created_at, updated_at, server_role)
    VALUES (_id, _w->>'name', _w->>'sortName', _w->>'handle', _at, _at,
      CASE WHEN EXISTS (SELECT 1 FROM users WHERE created_at > 0) THEN 'member' ELSE 'admin' END)
    ON CONFLICT (handle) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM fn.index_user(_id, _w->'words', _w->>'handle');
  RETURN true;
END $$;

CREATE FUNCTION fn.change_profile(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _actor uuid := (_w->>'actorId')::uuid;
  _before users;
  _after users;
  _change jsonb := _w->'change';
  _profile boolean;
BEGIN
  SELECT * INTO _before FROM users WHERE id = _actor AND erased_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN fn.refused('not_found'); END IF;
  ${active}
  _after := _before;
  _after.name := coalesce(_change->>'name', _before.name);
  _after.handle := coalesce(_change->>'handle', _before.handle);
  _after.bio := coalesce(_change->>'bio', _before.bio);
  IF _change ? 'locale' THEN _after.locale := _change->>'locale'; END IF;
  IF _change ? 'timezone' THEN _after.timezone := _change->>'timezone'; END IF;
  IF _change ? 'settings' THEN
    _after.settings := jsonb_strip_nulls(_before.settings::jsonb || (_change->'settings'))::text;
    IF _after.settings::jsonb = _before.settings::jsonb THEN _after.settings := _before.settings; END IF;
    IF (SELECT count(*) FROM jsonb_object_keys(_after.settings::jsonb)) > ${settingsMax} THEN
      RETURN fn.refused('invalid', '${tooManySettings}');
    END IF;
  END IF;
  IF _after IS NOT DISTINCT FROM _before THEN RETURN fn.nothing_new(); END IF;
  BEGIN
    UPDATE users SET name = _after.name, handle = _after.handle, bio = _after.bio, locale = _after.locale,
      timezone = _after.timezone, settings = _after.settings, sort_name = coalesce(_w->>'sortName', sort_name)
      WHERE id = _actor;
  EXCEPTION WHEN unique_violation THEN
    RETURN fn.refused('conflict', 'this handle is taken');
  END;
  _profile := (_after.name, _after.handle, _after.bio) <> (_before.name, _before.handle, _before.bio);
  IF _profile THEN
    -- Later than before in any case: a device takes the latest word about a person.
    UPDATE users SET updated_at = greatest((_w->>'at')::bigint, updated_at + 1) WHERE id = _actor;
    PERFORM fn.index_user(_actor, _w->'words', _change->>'handle');
  END IF;
  RETURN fn.committed('[]', jsonb_build_array(fn.me_changed(_actor, _profile)));
END $$;

-- One at a time: two who take each other's role at once must see what the other has done.
CREATE FUNCTION fn.lock_administrators() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4302198763);
END $$;

-- Null for who runs the installation.
CREATE FUNCTION fn.not_administered(_actor uuid) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fn.lock_administrators();
  ${active}
  IF NOT EXISTS (SELECT 1 FROM users WHERE id = _actor AND server_role = 'admin' AND erased_at IS NULL) THEN
    RETURN fn.refused('forbidden', 'This needs an administrator');
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION fn.is_only_administrator(_user users) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT _user.server_role = 'admin' AND _user.suspended_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM users WHERE server_role = 'admin' AND suspended_at IS NULL AND erased_at IS NULL
      AND id <> _user.id));
END $$;

CREATE FUNCTION fn.change_server_role(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _actor uuid := (_w->>'actorId')::uuid;
  _user users;
  _refused jsonb;
BEGIN
  ${administered}
  IF _user.server_role = _w->>'role' THEN RETURN fn.nothing_new(); END IF;
  IF _w->>'role' = 'member' AND fn.is_only_administrator(_user) THEN
    RETURN fn.refused('conflict', 'This is the only administrator: make another one first');
  END IF;
  UPDATE users SET server_role = _w->>'role' WHERE id = _user.id;
  RETURN fn.committed('[]', jsonb_build_array(fn.me_changed(_user.id, false)));
END $$;

CREATE FUNCTION fn.change_suspension(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _actor uuid := (_w->>'actorId')::uuid;
  _user users;
  _refused jsonb;
  _reason text := _w->>'reason';
BEGIN
  ${administered}
  IF (_reason IS NULL) = (_user.suspended_at IS NULL) THEN RETURN fn.nothing_new(); END IF;
  IF _reason IS NOT NULL AND _user.id = _actor THEN
    RETURN fn.refused('conflict', 'Nobody suspends themselves');
  END IF;
  IF _reason IS NOT NULL AND fn.is_only_administrator(_user) THEN
    RETURN fn.refused('conflict', 'This is the only administrator: make another one first');
  END IF;
  UPDATE users SET suspended_reason = _reason,
    suspended_at = CASE WHEN _reason IS NOT NULL THEN (_w->>'at')::bigint END,
    suspended_by = CASE WHEN _reason IS NOT NULL THEN _actor END WHERE id = _user.id;
  RETURN fn.committed('[]', '[]');
END $$;

CREATE FUNCTION fn.change_block(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _actor uuid := (_w->>'actorId')::uuid;
  _other uuid := (_w->>'userId')::uuid;
  _max bigint := (_limits->>'blocks')::bigint;
BEGIN
  IF (SELECT count(*) FROM users WHERE id IN (_actor, _other) AND erased_at IS NULL)
    < (CASE WHEN _actor = _other THEN 1 ELSE 2 END)
  THEN RETURN fn.refused('not_found', 'there is no such user'); END IF;
  ${active}
  IF (_w->>'on')::boolean THEN
    IF (SELECT count(*) FROM blocks WHERE blocker = _actor) >= _max THEN
      RETURN fn.refused('conflict', 'one person blocks at most ' || _max || ' others');
    END IF;
    INSERT INTO blocks (blocker, blocked, at) VALUES (_actor, _other, (_w->>'at')::bigint)
      ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM blocks WHERE blocker = _actor AND blocked = _other;
  END IF;
  IF NOT FOUND THEN RETURN fn.nothing_new(); END IF;
  UPDATE conversations SET shut = EXISTS (SELECT 1 FROM blocks
      WHERE (blocker, blocked) IN ((_actor, _other), (_other, _actor)))::integer
    WHERE id = (SELECT conversation FROM conversation_keys WHERE key = _w->>'pairKey');
  RETURN fn.committed('[]', jsonb_build_array(fn.me_changed(_actor, false)));
END $$;

CREATE FUNCTION fn.erase_user(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _actor uuid := (_w->>'actorId')::uuid;
  _at bigint := (_w->>'at')::bigint;
  _m members;
  _left jsonb;
  _events jsonb := '[]';
  _changes jsonb := '[]';
  _rest jsonb := '{}';
  _heir uuid;
  _roles jsonb := '[]';
BEGIN
  -- Erased before: whoever asks again has something else left to do.
  PERFORM 1 FROM users WHERE id = _actor AND erased_at IS NULL;
  IF NOT FOUND THEN RETURN fn.nothing_new(); END IF;
  FOR _m IN
    SELECT m.* FROM memberships s JOIN members m ON (m.conversation, m.user_id) = (s.conversation, s.user_id)
      JOIN conversations c ON c.id = m.conversation
      WHERE s.user_id = _actor AND c.kind <> 'direct' ORDER BY c.id FOR NO KEY UPDATE OF c
  LOOP
    _left := fn.leave(_m.conversation, _actor, _m, _at, _limits);
    _events := _events || (_left->'events');
    _changes := _changes || (_left->'userChanges');
    _roles := _roles || coalesce(_left->'roles', '[]');
    IF _left ? 'rest' THEN _rest := fn.rest_of_erasure(_at); END IF;
  END LOOP;
  IF _roles <> '[]' THEN _rest := _rest || jsonb_build_object('roles', _roles); END IF;
  UPDATE members m SET draft = NULL FROM memberships s
    WHERE s.user_id = _actor AND (m.conversation, m.user_id) = (s.conversation, s.user_id)
      AND m.draft IS NOT NULL;
  DELETE FROM presences WHERE user_id = _actor;
  DELETE FROM blocks WHERE blocker = _actor;
  DELETE FROM user_words WHERE user_id = _actor;
  DELETE FROM invitations WHERE created_by = _actor::text;
  UPDATE users SET name = 'Deleted user', sort_name = '', handle = 'deleted-' || _actor, bio = '',
    locale = NULL, timezone = NULL, settings = '{}', server_role = 'member', suspended_reason = NULL, updated_at = _at,
    erased_at = _at WHERE id = _actor;
  _changes := _changes || jsonb_build_array(fn.me_changed(_actor, true));
  PERFORM fn.lock_administrators();
  -- Where the last administrator goes, the longest-standing user runs the installation: else nobody could.
  IF NOT EXISTS (SELECT 1 FROM users WHERE server_role = 'admin' AND erased_at IS NULL
    AND suspended_at IS NULL)
  THEN
    UPDATE users SET server_role = 'admin' WHERE id = (
      SELECT id FROM users WHERE erased_at IS NULL AND suspended_at IS NULL ORDER BY created_at, id LIMIT 1)
      RETURNING id INTO _heir;
    IF FOUND THEN
      _changes := _changes || jsonb_build_array(fn.me_changed(_heir, false));
      _rest := _rest || jsonb_build_object('heirId', _heir);
    END IF;
  END IF;
  RETURN fn.committed(_events, _changes) || _rest;
END $$;

CREATE FUNCTION fn.keep_presences(_w jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO presences AS kept (user_id, last_seen_at, chosen)
    SELECT u.id, (p->>'lastSeenAt')::bigint, p->>'chosen'
      FROM jsonb_array_elements(_w->'presences') p
      JOIN users u ON u.id = (p->>'userId')::uuid AND u.erased_at IS NULL
      WHERE NOT p ? 'chosen' ORDER BY u.id
    ON CONFLICT (user_id) DO UPDATE SET last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at);
  INSERT INTO presences AS kept (user_id, last_seen_at, chosen)
    SELECT u.id, (p->>'lastSeenAt')::bigint, p->>'chosen'
      FROM jsonb_array_elements(_w->'presences') p
      JOIN users u ON u.id = (p->>'userId')::uuid AND u.erased_at IS NULL
      WHERE p ? 'chosen' ORDER BY u.id
    ON CONFLICT (user_id) DO UPDATE SET last_seen_at = greatest(kept.last_seen_at, excluded.last_seen_at),
      chosen = excluded.chosen;
  RETURN fn.nothing_new();
END $$;
`
