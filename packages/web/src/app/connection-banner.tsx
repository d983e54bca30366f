import { useEffect, useState } from 'react'
import { useChat } from '../state/chat-context.ts'
import { useValue } from '../state/use-value.ts'
import { Icon } from '../ui/icon.tsx'
import { Banner, BannerButton } from './banner.tsx'
import { WaitingCount } from './waiting-count.tsx'

/** A short reconnect isn't worth a word. */
const patienceMs = 1_200

/** Says what the connection does and what becomes of what one writes; nothing while all is well. */
export function ConnectionBanner() {
  const chat = useChat()
  const status = useValue(chat.status)
  const ready = useValue(chat.ready)
  const connecting = status.status === 'connecting'
  const slow = useLasting(connecting, patienceMs)
  const seconds = useSecondsUntil(status.status === 'waiting' ? status.retryAt : undefined)

  // From the cut until all is well again, so that the banner doesn't blink at each try.
  const [cut, setCut] = useState(false)
  if (status.status === 'waiting' && !cut) setCut(true)
  if (status.status === 'online' && cut) setCut(false)

  const shown = status.status === 'stopped' || cut || slow
  return (
    <Banner isShown={shown}>
      {status.status === 'waiting' && (
        <>
          <Icon name="offline" className="size-4" />
          {/* The seconds are not read aloud one by one. */}
          <span>
            <strong className="font-semibold">You’re offline.</strong> <WaitingCount />
            <span aria-hidden="true" className="hidden sm:inline">
              {' '}
              Next try in {seconds} s.
            </span>
          </span>
          <BannerButton onClick={() => chat.reconnect()}>Retry now</BannerButton>
        </>
      )}
      {connecting && <span>{ready ? 'Reconnecting and catching up…' : 'Connecting…'}</span>}
      {status.status === 'stopped' && (
        <>
          <Icon name="alert" className="size-4" />
          <span>The connection was closed for good: {status.reason}</span>
          <BannerButton onClick={() => location.reload()}>Reload</BannerButton>
        </>
      )}
    </Banner>
  )
}

/** True once `condition` has held for `ms`. */
function useLasting(condition: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!condition) return
    const timer = setTimeout(() => setLasting(true), ms)
    return () => {
      clearTimeout(timer)
      setLasting(false)
    }
  }, [condition, ms])
  return condition && lasting
}

function useSecondsUntil(atMs: number | undefined): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    if (atMs === undefined) return
    setNowMs(Date.now())
    const timer = setInterval(() => setNowMs(Date.now()), 500)
    return () => clearInterval(timer)
  }, [atMs])
  return atMs === undefined ? 0 : Math.max(0, Math.ceil((atMs - nowMs) / 1_000))
}
