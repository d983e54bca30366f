import { type MouseEvent, type PointerEvent, useEffect, useRef } from 'react'

const pressMs = 450
/** A finger that moves further scrolls. */
const slackPx = 10

/** Handlers for an element that a finger may rest upon. A mouse and a pen have the toolbar. */
export function useLongPress(onLongPress: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const from = useRef({ x: 0, y: 0 })
  const end = () => clearTimeout(timer.current)
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType !== 'touch') return
      from.current = { x: event.clientX, y: event.clientY }
      timer.current = setTimeout(() => {
        // Lifting the finger would click on what has opened beneath it, or outside of it.
        addEventListener('touchend', preventDefault, { once: true, passive: false, capture: true })
        onLongPress()
      }, pressMs)
    },
    onPointerMove(event: PointerEvent) {
      const { x, y } = from.current
      if (Math.hypot(event.clientX - x, event.clientY - y) > slackPx) end()
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu({ nativeEvent }: MouseEvent) {
      // A finger's is ours; a mouse keeps the browser's own menu.
      if (nativeEvent instanceof PointerEvent && nativeEvent.pointerType === 'touch')
        nativeEvent.preventDefault()
    },
  }
}

const preventDefault = (event: Event): void => event.preventDefault()
