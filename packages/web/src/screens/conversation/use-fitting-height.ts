import { type RefObject, useLayoutEffect } from 'react'

const heightMaxPx = 200

/** As high as the text, up to a bound. */
export function useFittingHeight(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current
    if (!element) return
    element.style.height = 'auto'
    const wanted = text === '' ? element.clientHeight : element.scrollHeight
    element.style.height = `${Math.min(wanted, heightMaxPx)}px`
    element.style.overflowY = wanted > heightMaxPx ? 'auto' : 'hidden'
  }, [field, text])
}
