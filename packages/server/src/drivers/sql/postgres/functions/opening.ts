/** How the function of a write in a conversation begins: what it is given, by name. */
export const declared = `
  _conversation uuid := (_w->>'conversationId')::uuid;
  _actor uuid := (_w->>'actorId')::uuid;
  _at bigint := (_w->>'at')::bigint;
  _c conversations;
  _m members;
  _refused jsonb;`

/** Refuses to who is suspended. */
export const active = `
  IF fn.is_suspended(_actor) THEN RETURN fn.refused('forbidden', 'This account is suspended'); END IF;`

/** The conversation, locked, in `_c`, and the actor in it in `_m`: a member who may, or a refusal. */
export const permitted = (action: string): string => `
  SELECT * INTO _c FROM conversations WHERE id = _conversation FOR NO KEY UPDATE;
  SELECT * INTO _m FROM members WHERE conversation = _c.id AND user_id = _actor;
  IF NOT FOUND THEN RETURN fn.refused('not_found'); END IF;
  ${active}
  _refused := fn.denied(_limits, '${action}', _c, _m.role);
  IF _refused IS NOT NULL THEN RETURN _refused; END IF;`

/** Refuses where nothing new may be said, because one of the two has blocked the other. */
export const open = `
  IF _c.shut = 1 THEN RETURN fn.refused('forbidden', 'One of you has blocked the other'); END IF;`

/** Takes the next seq for an event at the write's time, or the last event's if that is later. */
export const nextSeq = `
  _c.head := _c.head + 1;
  _c.last_at := greatest(_c.last_at, _at);`
