import type { Answer } from './connection.ts'
import { rest } from './rest.ts'

export interface Account {
  id: string
  token: string
}

/** Signs somebody new in by the code in the preview inbox, through the same doors as anybody. */
export async function signIn(url: string, email: string): Promise<Account> {
  const otp = await codeFor(url, email)
  const response = await fetch(`${url}/api/auth/sign-in/email-otp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, otp }),
  })
  const token = response.headers.get('set-auth-token')
  if (!response.ok || !token) throw new Error(`${email} was not signed in: ${response.status}`)
  const { user }: { user: { id: string } } = await response.json()
  return { id: user.id, token }
}

async function codeFor(url: string, email: string): Promise<string> {
  const body = { email, type: 'sign-in' }
  wanted(await rest(url, '/api/auth/email-otp/send-verification-otp', { method: 'POST', body }))
  const path = `/api/dev/mail?to=${encodeURIComponent(email)}`
  const { items } = wanted(await rest<{ items: { text: string }[] }>(url, path))
  const code = /\b\d{6}\b/.exec(items[0]?.text ?? '')?.[0]
  if (code === undefined) throw new Error(`no code for ${email} in the preview inbox`)
  return code
}

/** The result of what nothing may refuse. */
export function wanted<Result>(answer: Answer<Result>): Result {
  if ('refused' in answer) throw new Error(`refused: ${answer.refused.code}`)
  return answer.result
}
