import { type DataExport, dataExport } from '@confab/protocol/data-export'
import { doCall, openSynced } from './people.ts'
import type { Person, TestServer } from './start-server.ts'
import { unzip } from './unzip.ts'

type Status = DataExport['status']

/** Waits until a person's export stands so: each step of it is a notice on the sockets that they have. */
export async function untilExport(server: TestServer, person: Person, ...wanted: Status[]): Promise<Status> {
  await using socket = await openSynced(server, person)
  let { status } = dataExport.parse(await doCall(server, person, 'GET /api/v1/me/export/state'))
  while (!wanted.includes(status)) {
    const notice = await socket.next('notice', ({ code }) => code === 'export')
    status = dataExport.shape.status.parse(notice.status)
  }
  return status
}

/** The files of a person's export, by their names: begun where none is ready. */
export async function exportOf(server: TestServer, person: Person): Promise<Map<string, string>> {
  const ask = () =>
    fetch(`${server.url}/api/v1/me/export`, { headers: { Authorization: `Bearer ${person.token}` } })
  let answer = await ask()
  if (answer.status === 202) {
    const status = await untilExport(server, person, 'ready', 'failed')
    if (status === 'failed') throw new Error('the export could not be made')
    answer = await ask()
  }
  if (answer.status !== 200) throw new Error(`no export: ${answer.status} ${await answer.text()}`)
  return unzip(new Uint8Array(await answer.arrayBuffer()))
}
