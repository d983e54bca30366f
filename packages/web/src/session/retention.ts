import { type Retention, retention } from '@confab/protocol/retention'
import { call } from './call.ts'

/** For how many days the server keeps messages at most. */
export const readRetention = async (): Promise<Retention> =>
  retention.parse(await call('GET', '/api/v1/retention'))

export const changeRetention = async (changed: Retention): Promise<Retention> =>
  retention.parse(await call('PUT', '/api/v1/admin/retention', changed))
