import { connect } from 'node:net'

/**
 * Below the range from which the system gives ports to those who connect: while a server is down, one of its
 * own clients would else be given the server's port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    if (!(await takesConnections(port))) return port
  }
}

export const takesConnections = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
