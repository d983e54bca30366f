import { expect, test } from 'bun:test'
import { deviceName } from './device-name.ts'

test('[WEB76] a device is called by its browser and system', () => {
  const edge =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0'
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1'
  expect([edge, phone, 'curl/8.1', null].map(deviceName)).toEqual([
    'Edge on Windows',
    'Safari on iOS',
    'curl/8.1',
    'Unknown device',
  ])
})
