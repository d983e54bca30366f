import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Action, decidedBy, defaultPermissions, permissionOf, permissions } from './permissions.ts'

const line = /^\| `([\w.]+)` \|[^|]*\| (\w+) \| (\w+) \| (\w+) \| (\w+) \|(?: `(\w+)`)? \|$/gm

test('[MAY1] the table for people says what the code says', async () => {
  const page = await Bun.file(join(import.meta.dir, '../../../docs/spec/permissions.md')).text()
  const lines = [...page.matchAll(line)]
  const written = lines.map(([, action, owner, admin, member, direct]) => [
    action,
    { owner, admin, member, direct },
  ])
  expect(Object.fromEntries(written)).toEqual(permissions)
  const settings = lines.flatMap(([, action, , , , , setting]) => (setting ? [[action, setting]] : []))
  expect(Object.fromEntries(settings)).toEqual(decidedBy)
})

test('[MAY4] a conversation that decides nothing is as the table says', () => {
  const actions = Object.keys(permissions) as Action[]
  for (const own of [undefined, defaultPermissions]) {
    const ofMembers = actions.map((action) => [
      action,
      permissionOf(action, { kind: 'group', role: 'member', permissions: own }),
    ])
    expect(Object.fromEntries(ofMembers)).toEqual(
      Object.fromEntries(actions.map((action) => [action, permissions[action].member])),
    )
  }
})

test('[MAY5] each permission of a conversation decides its own cells of its members, and nothing else', () => {
  const roles = ['owner', 'admin', 'member'] as const
  for (const [name, who] of Object.entries(defaultPermissions)) {
    const turned = who === 'members' ? 'admins' : 'members'
    const own = { ...defaultPermissions, [name]: turned }
    for (const action of Object.keys(permissions) as Action[]) {
      const word = turned === 'members' ? 'yes' : 'no'
      const member = decidedBy[action] === name ? word : permissions[action].member
      const said = roles.map((role) => [
        role,
        permissionOf(action, { kind: 'channel', role, permissions: own }),
      ])
      const direct = permissionOf(action, { kind: 'direct', role: 'member', permissions: own })
      expect({ action, ...Object.fromEntries(said), direct }).toEqual({
        action,
        ...permissions[action],
        member,
      })
    }
  }
})
