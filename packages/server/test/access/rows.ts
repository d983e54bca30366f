import { authRows } from './auth-rows.ts'
import { callRows } from './call-rows.ts'
import { conversationRows } from './conversation-rows.ts'
import { messageRows, socketRows } from './message-rows.ts'
import { administrationRows, peopleRows } from './people-rows.ts'
import { namedRows, type OperationRows } from './row.ts'

/** Every operation over REST, by what it is about. */
export const restTables: Record<string, OperationRows> = {
  'Ways in and sessions': authRows,
  'Oneself and others': peopleRows,
  'The administration of the server': administrationRows,
  Conversations: conversationRows,
  Messages: messageRows,
  'The ways to the socket’s calls': socketRows,
}

export const restRows = Object.values(restTables).flatMap(namedRows)
/** What the store answers itself. */
export const storeRows = [conversationRows, messageRows].flatMap(namedRows)
export const socketCallRows = namedRows(callRows)
