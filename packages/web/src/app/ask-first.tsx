import { Consent } from '../screens/consent/consent.tsx'
import { RequiredFactor } from '../screens/required-factor/required-factor.tsx'
import type { HeldBack } from '../session/call.ts'

interface AskFirstProps {
  wanted: HeldBack
  onDone: () => void
  /** Who may go on without. */
  onBack: (() => void) | undefined
  onSignOut: () => Promise<void>
}

/** What the server wants of somebody before it lets them into the chat. */
export function AskFirst({ wanted, onDone, onBack, onSignOut }: AskFirstProps) {
  if (wanted === 'consent_needed') return <Consent onAgreed={onDone} onSignOut={onSignOut} />
  return <RequiredFactor onBack={onBack} onSignOut={onSignOut} />
}
