import { connect } from 'node:net'

/**
 * For a program that doesn't tell a port that it chose itself. Below the range from which the system gives
 * ports to those who connect, so that none of them takes it meanwhile; and by chance,
 * so that other tests don't.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    if (!(await takesConnections(port))) return port
  }
}

const takesConnections = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
