import type { Watcher } from './watching.ts'

/** What each watcher is to be told, in one write. */
export type Frames = Map<Watcher, string[]>

export function addFrame(frames: Frames, watcher: Watcher, frame: string): void {
  const before = frames.get(watcher)
  if (before) before.push(frame)
  else frames.set(watcher, [frame])
}

export function pushAll(frames: Frames): void {
  for (const [watcher, all] of frames) watcher.push(...all)
}
