import { expect, test } from 'bun:test'
import { type KafkaAddress, parseKafkaAddress } from './kafka-address.ts'

test('[KAFKA1] an address names brokers, a topic, who one is there, and how that is shown', () => {
  const plain = {
    hosts: [{ host: 'one', port: 9_092 }],
    topic: 'confab',
    partitions: 12,
    sasl: undefined,
    tls: undefined,
  }
  const [one, two] = [
    { host: 'one', port: 9_092 },
    { host: 'two', port: 9_094 },
  ]
  const known = { mechanism: 'SCRAM-SHA-512' as const, username: 'me', password: 'a:b@c' }
  const addresses: Record<string, KafkaAddress> = {
    one: plain,
    'one, two:9094': { ...plain, hosts: [one, two] },
    'kafka://one,two:9094/chat?partitions=3': { ...plain, hosts: [one, two], topic: 'chat', partitions: 3 },
    'kafka://me:a%3Ab%40c@one': { ...plain, sasl: known },
    'kafkas://me:a%3Ab%40c@one?mechanism=plain': {
      ...plain,
      sasl: { ...known, mechanism: 'PLAIN' },
      tls: {},
    },
    'kafkas://one?ca=/etc/ca.pem': { ...plain, tls: { ca: '/etc/ca.pem' } },
  }
  for (const [text, address] of Object.entries(addresses)) expect(parseKafkaAddress(text)).toEqual(address)
  const wrong = [
    ...['', 'kafka://', 'http://one', 'one:0', 'one:99999', 'one,', 'kafka://one/a/b', 'kafka://one/ä'],
    ...['kafka://me@one', 'kafka://one?mechanism=plain', 'kafka://me:a@one?mechanism=none'],
    ...['kafka://one?ca=/etc/ca.pem', 'kafka://one?partitions=0', 'kafka://one?other=1'],
  ]
  expect(wrong.map((text) => [text, parseKafkaAddress(text)])).toEqual(wrong.map((text) => [text, undefined]))
})
