import type { Write } from '../../../../ports/store.ts'

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
 * The batch. First every head and every person that it will change is locked, each in the order of the ids, so
 * that two batches never wait for each other in a ring; what is read after that, statement by statement, is
 * seen as the batch before has left it. Whatever is locked later still (a member of a deleted conversation)
 * may meet another: then the server ends one of the two, which is sent again.
 */
export const commitFunctions = `
CREATE FUNCTION fn.commit(_writes jsonb, _locks jsonb, _limits jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  _outcomes jsonb[] := '{}';
  _heads uuid[] := ARRAY(SELECT id::uuid FROM jsonb_array_elements_text(_locks->'conversations') id);
  _people uuid[] := ARRAY(SELECT id::uuid FROM jsonb_array_elements_text(_locks->'users') id);
  _w jsonb;
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
    _outcomes := _outcomes || CASE _w->>'write'
      ${Object.entries(functionOf)
        .map(([write, name]) => `WHEN '${write}' THEN fn.${name}(_w, _limits)`)
        .join('\n      ')}
    END;
  END LOOP;
  RETURN to_jsonb(_outcomes);
END $$;
`
