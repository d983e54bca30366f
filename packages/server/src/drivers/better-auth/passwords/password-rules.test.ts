import { expect, test } from 'bun:test'
import { passwordHash } from './password-hash.ts'
import { ownWordsOf, wrongPassword } from './password-rules.ts'

test('[PASS1] length counts, composition does not: 8 to 256 characters of any kind', () => {
  for (const password of ['tr0ub4dor&3', 'correct horse battery staple', 'ünïcödé ♥', 'x9'.repeat(128)])
    expect([password, wrongPassword(password)]).toEqual([password, undefined])
  expect(wrongPassword('x9k2m4p')).toBe('PASSWORD_TOO_SHORT')
  expect(wrongPassword('🦊🦝🐻')).toBe('PASSWORD_TOO_SHORT')
  expect(wrongPassword(`${'x9'.repeat(128)}!`)).toBe('PASSWORD_TOO_LONG')
})

test.each([
  'password',
  'PassWord',
  'ｐａｓｓｗｏｒｄ',
  'pass word',
  'password1',
  'password2026',
  'Password123!',
  'qwertyuiop',
  '12345678',
  'iloveyou',
  'aaaaaaaaaaaa',
  'ann.lee@example.com',
  'Ann.Lee123',
])('[PASS2] %s is refused, as one of the commonest or the address itself', (password) => {
  expect(wrongPassword(password, { email: 'ann.lee@example.com' })).toBe('PASSWORD_TOO_COMMON')
})

test('[PASS14] what is made of the installation’s own words alone is refused, whatever signs and year go with them', () => {
  const ownWords = ownWordsOf('https://chat.north-wind.example')
  for (const password of [
    'Confab2026',
    'northwind',
    'North-Wind!1',
    'chat.north-wind.example',
    'windconfab#42',
  ])
    expect([password, wrongPassword(password, { ownWords })]).toEqual([password, 'PASSWORD_TOO_COMMON'])
  for (const password of ['north of the wind', 'confab pelican', 'chat-7346-1285-4410', '!?%$§&/()='])
    expect([password, wrongPassword(password, { ownWords })]).toEqual([password, undefined])
})

test('[PASS3] a password is kept as argon2id, and known again in whatever form its letters were typed', async () => {
  const { hash: make, verify } = passwordHash()
  const hash = await make('caf\u00e9 au lait')
  expect(hash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(await verify({ hash, password: 'cafe\u0301 au lait' })).toBe(true)
  expect(await verify({ hash, password: 'cafe au lait' })).toBe(false)
})
