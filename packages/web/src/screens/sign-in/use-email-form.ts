import { type SubmitEvent, useState } from 'react'

/** A form that begins with an address: sent once that can be one; until then `wrong` says why it can't. */
export function useEmailForm(email: string, send: (address: string) => unknown) {
  const [wrong, setWrong] = useState<string>()
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const address = email.trim()
    const problem = problemOfEmail(address)
    setWrong(problem)
    if (!problem) send(address)
  }
  return { wrong, form: { noValidate: true, className: 'grid gap-5', onSubmit } }
}

const problemOfEmail = (address: string): string | undefined =>
  /^[^\s@]+@[^\s@]+$/.test(address) ? undefined : 'Type your email address, like ada@example.org.'
