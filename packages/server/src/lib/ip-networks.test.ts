import { expect, test } from 'bun:test'
import { clientAddress, parseIpNetworks } from './ip-networks.ts'

const networks = (...words: string[]) => {
  const parsed = parseIpNetworks(words)
  if (!parsed) throw new Error(`${words} are no networks`)
  return parsed
}

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.1.2.3', true],
  ['10.2.0.1', false],
  ['2001:db8::7', true],
  ['2001:db9::7', false],
  ['192.0.2.9', true],
  ['192.0.2.8', false],
  ['no address', false],
  ['', false],
])('[NET1] %j belongs to the blocks: %p', (address, expected) => {
  expect(networks('loopback', '10.1.0.0/16', '2001:db8::/32', '192.0.2.9').has(address)).toBe(expected)
})

test.each(['everybody', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0/8', '::/129', '10.0.0.0/8/8', ''])(
  '[NET1] %j is no block',
  (word) => {
    expect(parseIpNetworks(['loopback', word])).toBeUndefined()
    expect(parseIpNetworks(['loopback'])).toBeDefined()
  },
)

test.each([
  ['nobody forwards', '203.0.113.5', null, '203.0.113.5'],
  ['a stranger says that they forward', '203.0.113.5', '198.51.100.1', '203.0.113.5'],
  ['a proxy forwards', '127.0.0.1', '203.0.113.5', '203.0.113.5'],
  ['two proxies forward', '127.0.0.1', '203.0.113.5, 10.0.0.7', '203.0.113.5'],
  ['what stands before the nearest stranger is hearsay', '127.0.0.1', '1.1.1.1, 203.0.113.5', '203.0.113.5'],
  ['a proxy asks for itself', '127.0.0.1', null, '127.0.0.1'],
  ['a proxy names no address', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['a word that is none ends the chain', '127.0.0.1', '203.0.113.5, x, 10.0.0.7', '10.0.0.7'],
  ['IPv6', '::1', '2001:db8::7', '2001:db8::7'],
  ['IPv4 written as IPv6', '::ffff:127.0.0.1', '::ffff:203.0.113.5', '203.0.113.5'],
])('[NET2] %s', (_case, peer, forwardedFor, expected) => {
  expect(clientAddress(peer, forwardedFor, networks('loopback', '10.0.0.0/8'))).toBe(expected)
})
