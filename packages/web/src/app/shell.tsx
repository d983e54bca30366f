import { Outlet, useRouterState } from '@tanstack/react-router'
import { Conversations } from '../screens/conversations/conversations.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { NewVersionBanner } from './new-version-banner.tsx'
import { Toaster } from './toaster.tsx'
import { useIdleAway } from './use-idle-away.ts'
import { useShortcuts } from './use-shortcuts.ts'
import { useTitle } from './use-title.ts'

/** Two panes where there is room; on a phone the list and what is opened from it are pages of their own. */
export function Shell() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  useShortcuts()
  useTitle()
  useIdleAway()
  const onList = path === '/'
  return (
    <div className="flex h-dvh flex-col bg-canvas">
      <ConnectionBanner />
      <NewVersionBanner />
      <div className="flex min-h-0 grow">
        <div
          className={`${onList ? 'flex' : 'hidden'} w-full shrink-0 flex-col border-line border-e bg-canvas md:flex md:w-80 xl:w-96`}
        >
          <Conversations />
        </div>
        <main className={`${onList ? 'hidden' : 'flex'} min-w-0 grow flex-col bg-surface md:flex`}>
          <Outlet />
        </main>
      </div>
      <Toaster />
    </div>
  )
}
