import { generate } from 'lean-qr'
import { useMemo } from 'react'

/** Modules of white that ISO/IEC 18004 asks for around the code. */
const quietModules = 4

/** A text as a QR code: one path, black on white in either theme, as cameras want it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawingOf(text), [text])
  const whole = size + 2 * quietModules
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-quietModules} ${-quietModules} ${whole} ${whole}`}
      shapeRendering="crispEdges"
      className="size-48 rounded-medium"
    >
      <rect x={-quietModules} y={-quietModules} width={whole} height={whole} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  )
}

function drawingOf(text: string): { size: number; path: string } {
  const code = generate(text)
  const rows = Array.from({ length: code.size }, (_, index) => index)
  const path = rows
    .flatMap((y) => rows.filter((x) => code.get(x, y)).map((x) => `M${x} ${y}h1v1h-1z`))
    .join('')
  return { size: code.size, path }
}
