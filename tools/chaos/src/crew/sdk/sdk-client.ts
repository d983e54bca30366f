import { arrive } from '../arrivals.ts'
import type { Client, Clients } from '../client.ts'
import { type ClientOptions, recorderOf } from '../raw-client.ts'
import { SdkDevice } from './sdk-device.ts'
import { SdkMember } from './sdk-member.ts'

/** Clients with the SDK on them, all together on an open loop. */
export interface SdkWork {
  clients: 'sdk'
  sendsPerSecond: number
  /** Whatever else people do. */
  actsPerSecond: number
}

interface SdkClient extends Client {
  member: SdkMember
}

export function openSdkClients(
  options: readonly ClientOptions[],
  { sendsPerSecond, actsPerSecond }: SdkWork,
): Clients {
  const clients = options.map(openSdkClient)
  return {
    clients,
    begin(random, goesOn) {
      const one = () => random.pick(clients)?.member
      const loop = { random, goesOn }
      void arrive({ ...loop, perSecond: sendsPerSecond, due: (at) => void one()?.send(at) })
      void arrive({ ...loop, perSecond: actsPerSecond, due: () => void one()?.act() })
    },
  }
}

function openSdkClient(options: ClientOptions): SdkClient {
  const { url, user, population, random, tally, devicesPerUser, folder } = options
  const recorder = recorderOf(user, folder)
  const tried = new Set<string>()
  let acts = 0
  const nextAct = () => ++acts
  const devices: SdkDevice[] = []
  const member = new SdkMember({ url, user, population, devices, recorder, random, tally, nextAct })
  for (let index = 1; index <= devicesPerUser; index++) {
    const name = `${user.name}/${index}`
    const onEvent = member.heard.bind(member)
    const { token } = user
    devices.push(new SdkDevice({ url, name, token, recorder, tally, tried, nextAct, onEvent }))
  }
  return {
    ...{ user, recorder, devices, member },
    get unanswered() {
      return member.unanswered
    },
    waitsSince: (t) => member.waitsSince(t),
  }
}
