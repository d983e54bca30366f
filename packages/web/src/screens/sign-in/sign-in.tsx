import { useState } from 'react'
import { CodeStep } from './code-step.tsx'
import { EmailStep } from './email-step.tsx'
import { NameStep } from './name-step.tsx'

/** email -> code -> (name, on first use) -> signed in; from the code one can go back to the email. */
type Step = { at: 'email' } | { at: 'code'; email: string } | { at: 'name' }

export function SignIn({ onSignedIn = () => undefined }: { onSignedIn?: () => void }) {
  const [step, setStep] = useState<Step>({ at: 'email' })
  const [email, setEmail] = useState('')
  return (
    <section
      aria-label="Sign in"
      className="w-full max-w-md justify-self-center rounded-large border border-line bg-raised p-6 shadow-high sm:p-8 lg:justify-self-end"
    >
      {step.at === 'email' && (
        <EmailStep
          email={email}
          onEmail={setEmail}
          onSent={(sentTo) => {
            setEmail(sentTo)
            setStep({ at: 'code', email: sentTo })
          }}
        />
      )}
      {step.at === 'code' && (
        <CodeStep
          email={step.email}
          onBack={() => setStep({ at: 'email' })}
          onSignedIn={({ named }) => (named ? onSignedIn() : setStep({ at: 'name' }))}
        />
      )}
      {step.at === 'name' && <NameStep onDone={onSignedIn} />}
    </section>
  )
}
