import { randomBytes } from 'node:crypto'
import type { SealingKey } from './sealing-keys.ts'

export const sealingKey = (id: string): SealingKey => ({ id, key: Uint8Array.from(randomBytes(32)) })
