import type { SignInOptions } from '@confab/protocol/account-settings'
import { useEffect, useRef, useState } from 'react'
import { needsName, ownProfile, type SignedIn } from '../../session/accounts.ts'
import { heldBackBy, SignInError } from '../../session/call.ts'
import { keepUnnamed } from '../../session/kept.ts'
import { Card } from './card.tsx'
import { CodeStep } from './code-step.tsx'
import { DemoPeople } from './demo-people.tsx'
import { EmailStep } from './email-step.tsx'
import { ForgotStep } from './forgot-step.tsx'
import { MailedStep } from './mailed-step.tsx'
import { NameStep } from './name-step.tsx'
import { Note } from './note.tsx'
import { OtherWays } from './other-ways.tsx'
import { PasswordStep } from './password-step.tsx'
import { SecondFactorStep } from './second-factor-step.tsx'
import { SignUpStep } from './sign-up-step.tsx'
import { StepHead } from './step-head.tsx'
import { useDoors } from './use-doors.ts'

/*
 *  start -- code --> code ---------+--> (second factor) --> (name, on first use) --> signed in
 *        -- password --------------+
 *        -- passkey ---------------------------------------------------------------> signed in
 *        -- a provider --> its own page, and back here, perhaps to the second factor
 *        -- sign up, forgot --> mailed --> start
 *
 *  From each step but the name one can go back to the start.
 */
type Step = 'start' | 'code' | 'sign-up' | 'forgot' | 'mailed' | 'second-factor' | 'name'

interface SignInProps {
  onSignedIn?: () => void
  /** What led here, such as a link that is no longer good. */
  error?: string | undefined
  news?: string | undefined
  isInvited?: boolean
  /** The first factor was given elsewhere, at a provider. */
  asksSecondFactor?: boolean
  /** Only the name is missing still. */
  asksName?: boolean
}

export function SignIn({
  onSignedIn = () => undefined,
  error,
  news,
  isInvited = false,
  asksSecondFactor = false,
  asksName = false,
}: SignInProps) {
  const doors = useDoors()
  const [step, setStep] = useState<Step>(asksName ? 'name' : asksSecondFactor ? 'second-factor' : 'start')
  const [chosen, setChosen] = useState<'code' | 'password'>('code')
  const [email, setEmail] = useState('')
  const card = useRef<HTMLElement>(null)
  const before = useRef({ step, chosen })
  useEffect(() => {
    const isSame = before.current.step === step && before.current.chosen === chosen
    before.current = { step, chosen }
    // The button that led here is gone, and the focus with it.
    if (!isSame && document.activeElement === document.body) card.current?.querySelector('input')?.focus()
  }, [step, chosen])
  const way = shownWay(doors, chosen)
  const about = whoMayCome(doors, { isInvited, way })
  const maySignUp = doors.signUp === 'open' || doors.signUp === 'domains' || isInvited

  const toStart = () => setStep('start')
  const enter = async () => {
    const profile = await ownProfile().catch((cause: unknown) => {
      // Asked for what comes first in place of the chat, and for a name after it.
      if (cause instanceof SignInError && heldBackBy(cause.code)) return undefined
      throw cause
    })
    keepUnnamed(profile ? undefined : Date.now())
    if (profile && needsName(profile, Date.now())) setStep('name')
    else onSignedIn()
  }
  const onFirstFactor = async (signedIn: SignedIn) => {
    if (signedIn === 'second-factor') setStep('second-factor')
    else await enter()
  }
  const common = { email, onEmail: setEmail, onBack: toStart, onDone: () => setStep('mailed') }

  return (
    <Card label="Sign in" ref={card}>
      {step === 'start' && (
        <>
          <Note kind="error" text={error} />
          <Note kind="news" text={news} />
          {doors.demo && doors.signIn.includes('code') && (
            <DemoPeople people={doors.demo} onSignedIn={enter} />
          )}
          {way === 'code' && (
            <EmailStep
              email={email}
              about={about}
              onEmail={setEmail}
              onSent={(sentTo) => {
                setEmail(sentTo)
                setStep('code')
              }}
            />
          )}
          {way === 'password' && (
            <PasswordStep
              email={email}
              about={about}
              maySignUp={maySignUp && doors.signUp !== 'closed'}
              onEmail={setEmail}
              onFirstFactor={onFirstFactor}
              onSignUp={() => setStep('sign-up')}
              onForgot={() => setStep('forgot')}
            />
          )}
          {way === undefined && <StepHead title="Sign in">{about}</StepHead>}
          <OtherWays doors={doors} way={way} onWay={setChosen} onSignedIn={enter} />
        </>
      )}
      {step === 'code' && <CodeStep email={email} onBack={toStart} onFirstFactor={onFirstFactor} />}
      {step === 'sign-up' && <SignUpStep {...common} />}
      {step === 'forgot' && <ForgotStep {...common} />}
      {step === 'mailed' && <MailedStep email={email.trim()} onBack={toStart} />}
      {step === 'second-factor' && <SecondFactorStep onSignedIn={enter} onBack={toStart} />}
      {step === 'name' && (
        <NameStep
          onDone={() => {
            keepUnnamed(undefined)
            onSignedIn()
          }}
        />
      )}
    </Card>
  )
}

/** The form that is shown first: the chosen one, if its door is open. */
function shownWay({ signIn }: SignInOptions, chosen: 'code' | 'password'): 'code' | 'password' | undefined {
  if (signIn.includes(chosen)) return chosen
  return signIn.find((way) => way === 'code' || way === 'password')
}

function whoMayCome(
  { signUp }: SignInOptions,
  { isInvited, way }: { isInvited: boolean; way: string | undefined },
): string {
  if (signUp === 'closed') return 'For who has an account here. New ones aren’t made at present.'
  if (isInvited) return 'You were invited. Sign in, or make your account, to follow the invitation.'
  if (signUp === 'invited') return 'For who has an account here. Newcomers need an invitation’s link.'
  if (signUp === 'domains') return 'Addresses of this server’s own domains may make an account.'
  return way === 'code' ? 'New here? The same step makes your account.' : 'Good to see you.'
}
