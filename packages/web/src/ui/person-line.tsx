import type { User } from '@confab/protocol/user'
import type { ReactNode } from 'react'
import { Avatar } from './avatar.tsx'

interface PersonLineProps {
  user: Pick<User, 'id' | 'name' | 'handle'>
  /** After the name, in the same line. */
  note?: ReactNode
  /** Below the name; the handle where nothing is given. */
  detail?: ReactNode
  /** On the corner of the face. */
  mark?: ReactNode
}

/** A person in a list: face, name, and a word about them. */
export function PersonLine({ user, note, detail = `@${user.handle}`, mark }: PersonLineProps) {
  return (
    <>
      <span className="relative shrink-0">
        <Avatar seed={user.id} name={user.name} size="small" />
        {mark}
      </span>
      <span className="min-w-0 grow">
        <span className="block truncate font-semibold">
          <bdi>{user.name}</bdi>
          {note && <span className="font-normal text-ink-faint"> {note}</span>}
        </span>
        <span className="block truncate text-ink-soft text-small">{detail}</span>
      </span>
    </>
  )
}
