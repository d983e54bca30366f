let isUnderWay = false

/** While one session takes another's place, the end of the first is not the end of being signed in. */
export const isSessionChanging = (): boolean => isUnderWay

/**
 * Does what begins a new session in the place of this one, and loads the page afresh with it. Nothing else
 * may ask who is signed in meanwhile: asked with the old cookie,
 * the server would answer by taking the new one away.
 */
export async function withNewSession(deed: () => Promise<void>): Promise<void> {
  isUnderWay = true
  try {
    await deed()
  } catch (cause) {
    isUnderWay = false
    throw cause
  }
  location.reload()
}
