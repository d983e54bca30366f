/**
 * Whether the identity refused a request for its form alone: a missing field, or one of a wrong kind. No word in it
 * was looked at, so nothing was guessed: it counts as no failure, and is kept as none.
 */
export async function isMalformedTry(response: Response): Promise<boolean> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  if (response.status !== 400 || !isJson) return false
  const { code } = await response.clone().json()
  return code === 'VALIDATION_ERROR'
}
