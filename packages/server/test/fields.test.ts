import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { account } from '@confab/protocol/account'
import { conversation, member, myMembership } from '@confab/protocol/conversation'
import { deviceSession } from '@confab/protocol/device-session'
import { freshInvitation } from '@confab/protocol/invitation'
import { message } from '@confab/protocol/message'
import { presence } from '@confab/protocol/presence'
import { receivedReport } from '@confab/protocol/report'
import { me, user } from '@confab/protocol/user'

const fieldsOf = ({ shape }: { shape: object }) => Object.keys(shape)
const beyondUser = (schema: { shape: object }) =>
  fieldsOf(schema).filter((field) => !fieldsOf(user).includes(field))

test('[CLASS2] docs/fields.md says of every field of the API who sees it', async () => {
  const page = await Bun.file(join(import.meta.dir, '../../../docs/fields.md')).text()
  const told = page
    .split(/^## /m)
    .slice(1)
    .map((part): [string, string[]] => {
      const [name = ''] = part.split('\n')
      return [name, [...part.matchAll(/^\| `(\w+)` \| \S.* \|$/gm)].map(([, field = '']) => field)]
    })
  expect(Object.fromEntries(told)).toEqual({
    User: fieldsOf(user),
    Me: beyondUser(me),
    Account: beyondUser(account),
    DeviceSession: fieldsOf(deviceSession),
    Presence: fieldsOf(presence),
    Conversation: fieldsOf(conversation),
    Member: fieldsOf(member),
    MyMembership: fieldsOf(myMembership),
    Message: fieldsOf(message),
    ReceivedReport: fieldsOf(receivedReport),
    FreshInvitation: fieldsOf(freshInvitation),
  })
})
