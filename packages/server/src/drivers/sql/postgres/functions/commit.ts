import type { Write } from '../../../../ports/writes.ts'

const functionOf: { [Name in Write['write']]: string } = {
  'message.create': 'create_message',
  'message.edit': 'edit_message',
  'message.delete': 'delete_message',
  'messages.expire': 'expire_messages',
  'message.react': 'react',
  'message.pin': 'pin',
  'cursor.move': 'move_cursor',
  'conversation.create': 'create_conversation',
  'member.add': 'add_member',
  'member.remove': 'remove_member',
  'member.change': 'change_role',
  'conversation.change': 'change_conversation',
  'conversation.delete': 'delete_conversation',
  'membership.change': 'change_membership',
  'profile.change': 'change_profile',
  'block.change': 'change_block',
  'server-role.change': 'change_server_role',
  'suspension.change': 'change_suspension',
  'user.erase': 'erase_user',
  'erasure.continue': 'continue_erasure',
  'presences.keep': 'keep_presences',
}

/**
 * The batch. First every head and every person that it will change is locked, each in the order of the ids,
 * so that two batches never wait for each other in a ring; what is read after that, statement by statement,
 * is seen as the batch before has left it. Whatever is locked later still (a member of a deleted
 * conversation) may meet another: then the server ends one of the two, which is sent again.
 *
 * `_sends` are those of conversations in which the batch does nothing else: it doesn't matter when they come.
 */
export const commitFunctions = `
CREATE FUNCTION fn.changed_by(_w jsonb, _outcome jsonb) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
  IF _outcome ? 'created' THEN RETURN ARRAY[(_w->>'conversationId')::uuid]; END IF;
  RETURN ARRAY(SELECT DISTINCT (e->>'conversationId')::uuid
    FROM jsonb_array_elements(coalesce(_outcome->'events', '[]')) e);
END $$;

-- For who follows the log: how far it goes now. Their rows are taken in order, as those who follow take them.
CREATE FUNCTION fn.note_changes(_changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log_positions (conversation, follower, head, seq)
    SELECT c.id, f.name, c.head, 0 FROM log_followers f CROSS JOIN conversations c
      WHERE c.id = ANY(_changed) ORDER BY 1, 2
    ON CONFLICT (conversation, follower) DO UPDATE SET head = excluded.head;
END $$;

-- Keeps in the audit log what a write that took effect is to it. Who has another role, which rules of a
-- conversation are others, and that a message was another's, only the outcome tells: asked again nothing is
-- another any more. Name and topic are no rules, and texts.
CREATE FUNCTION fn.note_act(_w jsonb, _outcome jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_log (action, at, actor_id, target_id, network, detail)
    SELECT 'role.changed', (_w->>'at')::bigint, _w->>'actorId', target, _w->>'network', detail::text FROM (
      SELECT 0 AS place, _outcome->>'heirId' AS target, jsonb_build_object('role', 'admin') AS detail
        WHERE _outcome ? 'heirId'
      UNION ALL SELECT place, given->>'userId', given - 'userId'
        FROM jsonb_array_elements(_outcome->'roles') WITH ORDINALITY r(given, place)
    ) roles ORDER BY place;
  INSERT INTO audit_log (action, at, actor_id, target_id, network, detail)
    SELECT 'conversation.changed', (_w->>'at')::bigint, _w->>'actorId', _w->>'conversationId', _w->>'network',
        detail::text
      FROM (SELECT _outcome->'events'->0->'data') changed(d), LATERAL (VALUES
        (1, CASE WHEN d ? 'retentionDays' THEN jsonb_build_object('retentionDays', d->'retentionDays') END),
        (2, CASE WHEN d ? 'visibility' THEN jsonb_build_object('visibility', d->'visibility') END),
        (3, d->'permissions')) rules(place, detail)
      WHERE _w->>'write' = 'conversation.change' AND detail IS NOT NULL ORDER BY place;
  INSERT INTO audit_log (action, at, actor_id, target_id, network, detail)
    SELECT 'message.removed', (_w->>'at')::bigint, _w->>'actorId', removed->>'conversationId', _w->>'network',
        (removed - 'conversationId')::text
      FROM (SELECT _outcome->'removed') r(removed) WHERE _outcome ? 'removed';
  INSERT INTO audit_log (action, at, actor_id, target_id, network, detail)
    SELECT n->>'action', (n->>'at')::bigint, n->>'actorId', n->>'targetId', n->>'network', (n->'detail')::text
      FROM (SELECT _w->'noted') noted(n) WHERE _w ? 'noted';
END $$;

CREATE FUNCTION fn.commit(_writes jsonb, _sends jsonb, _locks jsonb, _limits jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  _outcomes jsonb[] := '{}';
  _sent jsonb := '[]';
  _heads uuid[] := ARRAY(SELECT id::uuid FROM jsonb_array_elements_text(_locks->'conversations') id);
  _people uuid[] := ARRAY(SELECT id::uuid FROM jsonb_array_elements_text(_locks->'users') id);
  _w jsonb;
  _outcome jsonb;
  _followed boolean := EXISTS (SELECT FROM log_followers);
  _changed uuid[] := '{}';
BEGIN
  IF _locks ? 'pairs' THEN
    _heads := _heads || ARRAY(SELECT conversation FROM conversation_keys
      WHERE key IN (SELECT jsonb_array_elements_text(_locks->'pairs')));
  END IF;
  IF _locks ? 'erased' THEN
    _heads := _heads || ARRAY(SELECT conversation FROM memberships
      WHERE user_id IN (SELECT jsonb_array_elements_text(_locks->'erased')::uuid));
  END IF;
  PERFORM 1 FROM conversations WHERE id = ANY(_heads) ORDER BY id FOR NO KEY UPDATE;
  IF cardinality(_people) > 0 THEN
    PERFORM 1 FROM users WHERE id = ANY(_people) ORDER BY id FOR NO KEY UPDATE;
  END IF;
  FOR _w IN SELECT jsonb_array_elements(_writes) LOOP
    _outcome := CASE _w->>'write'
      ${Object.entries(functionOf)
        .map(([write, name]) => `WHEN '${write}' THEN fn.${name}(_w, _limits)`)
        .join('\n      ')}
    END;
    _outcomes := _outcomes || _outcome;
    IF (_w ? 'noted' OR _w->>'write' = 'conversation.change' OR _outcome ?| '{heirId,roles,removed}')
      AND (_outcome->>'fresh')::boolean
    THEN
      PERFORM fn.note_act(_w, _outcome);
    END IF;
    IF _followed THEN _changed := _changed || fn.changed_by(_w, _outcome); END IF;
  END LOOP;
  IF _sends <> '[]' THEN
    _sent := fn.create_messages(_sends, _limits);
    IF _sent @> '[null]' THEN
      FOR _index IN 0 .. jsonb_array_length(_sends) - 1 LOOP
        IF _sent->_index = 'null' THEN
          _sent := jsonb_set(_sent, ARRAY[_index::text], fn.create_message(_sends->_index, _limits));
        END IF;
      END LOOP;
    END IF;
    IF _followed THEN
      _changed := _changed || ARRAY(SELECT DISTINCT (s->>'conversationId')::uuid
        FROM ROWS FROM (jsonb_array_elements(_sends), jsonb_array_elements(_sent)) t(s, outcome)
        WHERE jsonb_typeof(outcome) = 'array' OR outcome ? 'created');
    END IF;
  END IF;
  IF _followed THEN PERFORM fn.note_changes(_changed); END IF;
  RETURN jsonb_build_object('sends', _sent, 'others', to_jsonb(_outcomes));
END $$;
`
