import { type DataExport, dataExport } from '@confab/protocol/data-export'
import { call } from './call.ts'

/** Fetched by a link, with the cookie: the browser keeps the file while it comes. */
export const exportPath = '/api/v1/me/export'

export const readExport = async (): Promise<DataExport> =>
  dataExport.parse(await call('GET', `${exportPath}/state`))

export const askExport = async (): Promise<DataExport> => dataExport.parse(await call('POST', exportPath))

/** Erases the account for good; `proof` shows that it is its owner who sits here. */
export async function eraseAccount(proof: { password: string } | { code: string }): Promise<void> {
  await call('DELETE', '/api/v1/me', proof)
}
