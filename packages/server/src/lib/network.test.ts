import { expect, test } from 'bun:test'
import { limitedNetwork, networkOf } from './network.ts'

test('[SESS2] of an address only its network is kept: /24 of IPv4, /48 of IPv6', () => {
  expect(networkOf('203.0.113.77')).toBe('203.0.113.0/24')
  expect(networkOf('::ffff:203.0.113.77')).toBe('203.0.113.0/24')
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48')
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0::/48')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0::/48')
  expect(networkOf('unix socket')).toBeUndefined()
  expect(networkOf('999.1.1.1')).toBeUndefined()
  expect(networkOf(undefined)).toBeUndefined()
})

test('[AUTH20] who has a whole IPv6 network counts as one; IPv4 addresses count each', () => {
  expect(limitedNetwork('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(limitedNetwork('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(limitedNetwork('2001:db8:1:3::9')).not.toBe(limitedNetwork('2001:db8:1:2::9'))
  expect(limitedNetwork('203.0.113.77')).toBe('203.0.113.77')
  expect(limitedNetwork('::ffff:203.0.113.77')).toBe('203.0.113.77')
  expect(limitedNetwork('nonsense')).toBe('nonsense')
})
