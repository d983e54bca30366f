import type { Run } from './row.ts'

/** Calls `/api/v1` as one of the users and answers what was answered. A refusal is thrown. */
export async function callRest<Answer>(
  { system, population }: Pick<Run, 'system' | 'population'>,
  user: number,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${system.program.port}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${population.users[user]?.token}`,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}
