import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** A file system of so many bytes, in memory; undefined where this user may not mount one. */
export function mountSmallDisk(folder: string, bytes: number): Disposable | undefined {
  mkdirSync(folder, { recursive: true })
  const options = `size=${bytes},mode=700`
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) return undefined
  // Lazily: it goes even if something still holds a file of it open. And also where nobody comes to dispose.
  const unmount = () => void spawnSync('umount', ['-l', folder])
  process.once('exit', unmount)
  return {
    [Symbol.dispose]() {
      process.off('exit', unmount)
      unmount()
    },
  }
}
