import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line to a server elsewhere, that a test cuts or hushes, and mends. */
export interface CutLine extends AsyncDisposable {
  /** On loopback; it stays the same. */
  port: number
  /** Ends every connection, and refuses new ones. */
  cut(): Promise<void>
  /** Takes everything, new connections too, and passes nothing on until it is mended. */
  hush(): void
  mend(): Promise<void>
}

export async function openCutLine(to: { host: string; port: number }): Promise<CutLine> {
  const ends = new Set<Socket>()
  let server: Server | undefined
  let port = 0
  let isHushed = false

  async function mend(): Promise<void> {
    isHushed = false
    for (const end of ends) end.resume()
    if (server) return
    server = createServer((near) => {
      const far = connect(to)
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        ends.add(end)
        end.on('data', (piece) => other.write(piece))
        if (isHushed) end.pause()
        end.on('error', () => other.destroy())
        end.on('close', () => {
          ends.delete(end)
          other.destroy()
        })
      }
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    server.listen(port, '127.0.0.1', resolve)
    await promise
    const address = server.address()
    if (address !== null && typeof address === 'object') port = address.port
  }

  async function cut(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (server === undefined) resolve()
    else server.close(() => resolve())
    server = undefined
    for (const end of ends) end.destroy()
    await promise
  }

  function hush(): void {
    isHushed = true
    for (const end of ends) end.pause()
  }

  await mend()
  return { port, cut, hush, mend, [Symbol.asyncDispose]: cut }
}
