import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobsContract } from '../../ports/blobs.contract.ts'
import { openFolderBlobs } from './blobs.ts'

blobsContract(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'confab-blobs-'))
  const blobs = await openFolderBlobs(join(folder, 'blobs'))
  return {
    blobs,
    async [Symbol.asyncDispose]() {
      await blobs[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
})
