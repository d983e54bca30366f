import { expect, test } from 'bun:test'
import { parseRedisUrl, readTls } from './redis-url.ts'

const plain = {
  kind: 'single' as const,
  hosts: [{ host: 'cache.example.org', port: 6379 }],
  master: undefined,
  database: 0,
  username: undefined,
  password: undefined,
  sentinelUsername: undefined,
  sentinelPassword: undefined,
  prefix: 'confab',
  tls: undefined,
}

test('[REDIS1] one server, with and without TLS, credentials, database and files', () => {
  expect(parseRedisUrl('redis://cache.example.org')).toEqual(plain)
  expect(parseRedisUrl('redis://me:p%40ss:word@[::1]:7000/3')).toEqual({
    ...plain,
    hosts: [{ host: '::1', port: 7000 }],
    ...{ database: 3, username: 'me', password: 'p@ss:word' },
  })
  expect(parseRedisUrl('rediss://:secret@cache.example.org')).toEqual({
    ...plain,
    password: 'secret',
    tls: {},
  })
  expect(parseRedisUrl('redis://cache.example.org?prefix=other')).toEqual({ ...plain, prefix: 'other' })
  expect(parseRedisUrl('rediss://cache.example.org?ca=/etc/ca.pem&cert=/c.pem&key=/k.pem')?.tls).toEqual({
    ...{ ca: '/etc/ca.pem', cert: '/c.pem', key: '/k.pem' },
  })
})

test('[REDIS1] sentinels, with the name of their master', () => {
  expect(parseRedisUrl('redis+sentinel://:secret@one,two:1234/mymaster/2?sentinelPassword=other')).toEqual({
    ...plain,
    kind: 'sentinel',
    hosts: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 1234 },
    ],
    ...{ master: 'mymaster', database: 2, password: 'secret', sentinelPassword: 'other' },
  })
})

test('[REDIS1] servers of a cluster, of which any names the others', () => {
  expect(parseRedisUrl('rediss+cluster://me:secret@one,two:1234?ca=/ca.pem&prefix=other')).toEqual({
    ...plain,
    kind: 'cluster',
    hosts: [
      { host: 'one', port: 6379 },
      { host: 'two', port: 1234 },
    ],
    ...{ username: 'me', password: 'secret', prefix: 'other', tls: { ca: '/ca.pem' } },
  })
})

test('[REDIS1] what is no such address is refused', () => {
  const wrong = [
    ...['', 'localhost', 'http://localhost', 'redis://', 'redis:///1', 'redis://one,two', 'redis://one/a'],
    ...[
      'redis://one:0',
      'redis://one:70000',
      'redis://one/1/2',
      'redis://one?ca=/ca.pem',
      'redis://one?db=1',
    ],
    ...[
      'redis+sentinel://one',
      'redis+sentinel://one/',
      'redis+sentinel://one,/mymaster',
      'redis+cluster://one/1',
      'redis+cluster://one,',
      'redis+shards://one',
    ],
  ]
  expect(wrong.filter((text) => parseRedisUrl(text))).toEqual([])
})

test('[REDIS8] a certificate that can’t be read is one line that names the setting, and status 78', () => {
  const found = readTls({ ca: import.meta.path })
  expect(found?.ca).toContain('[REDIS8]')
  const missing = () => readTls({ ca: `${import.meta.path}.missing` })
  expect(missing).toThrow(/^REDIS_URL: ca can't be read: [^\n]*$/)
  expect(missing).toThrow(expect.objectContaining({ exitStatus: 78 }))
})
