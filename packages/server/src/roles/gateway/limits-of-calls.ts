import type { Method } from '@confab/protocol/calls'
import type { RateName } from '@confab/protocol/rates'

/**
 * Which limit a call counts to before it is done. A message and a reaction are counted by their action,
 * `auth` as the connection that it signs in.
 */
export const limitsOfCalls: Readonly<Record<Method, RateName | undefined>> = {
  auth: undefined,
  sync: 'history',
  conversations: 'history',
  'message.send': undefined,
  'message.edit': undefined,
  'message.delete': 'writes',
  'message.react': undefined,
  'message.unreact': undefined,
  'message.pin': 'writes',
  'message.unpin': 'writes',
  events: 'history',
  history: 'history',
  read: 'cursors',
  delivered: 'cursors',
  typing: 'typing',
  'presence.set': 'presence',
  'presence.watch': 'presence',
  'presence.unwatch': 'presence',
  ping: undefined,
}
