import type { SignInOptions } from '@confab/protocol/account-settings'
import { useEffect, useState } from 'react'
import { openDoors } from '../../session/doors.ts'

/** What the page is built with, before the server has said what is open: a new one's answer. */
const likely: SignInOptions = { signIn: ['code'], signUp: 'open', providers: [] }

export function useDoors(): SignInOptions {
  const [doors, setDoors] = useState(likely)
  useEffect(() => {
    let isHere = true
    openDoors().then(
      (open) => isHere && setDoors(open),
      // Unreachable: the form says so when it is sent.
      () => undefined,
    )
    return () => {
      isHere = false
    }
  }, [])
  return doors
}
