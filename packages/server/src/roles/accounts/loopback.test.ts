import { expect, test } from 'bun:test'
import { isLoopbackAddress } from '../../lib/loopback.ts'
import { isFromThisMachine } from './loopback.ts'

const atHome = { peer: '127.0.0.1', publicUrl: 'http://localhost:8080' }

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['128.0.0.1', false],
  ['10.127.0.0', false],
  ['127.0.0.1.example.com', false],
  ['::2', false],
  ['::ffff:10.0.0.1', false],
  ['', false],
])('[MAIL6] the address %j is loopback: %p', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected)
  const headers = new Headers({ Host: 'localhost' })
  expect(isFromThisMachine({ ...atHome, peer: address, headers })).toBe(expected)
})

test.each([
  ['localhost', true],
  ['localhost:8080', true],
  ['LOCALHOST', true],
  ['127.0.0.1:8080', true],
  ['[::1]:8080', true],
  ['localhost.example.com', false],
  ['evil.example', false],
  ['0.0.0.0', false],
  ['[::2]', false],
  ['user@evil.example', false],
  ['', false],
])('[MAIL6] the host %j is this machine: %p', (host, expected) => {
  expect(isFromThisMachine({ ...atHome, headers: new Headers({ Host: host }) })).toBe(expected)
})

test('[MAIL6] without a peer or a host nobody is at this machine', () => {
  const headers = new Headers({ Host: 'localhost' })
  expect(isFromThisMachine({ ...atHome, headers })).toBe(true)
  expect(isFromThisMachine({ ...atHome, peer: undefined, headers })).toBe(false)
  expect(isFromThisMachine({ ...atHome, headers: new Headers() })).toBe(false)
})
