import { mkdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { WorldFile } from './world/world-file.ts'

/** The same on every machine: a file is known by its name, its size and its time, and is taken once. */
export const FILED_AT = new Date('2026-11-20T06:00:00Z')
/** One folder of the world is watched and still empty: its file is late. */
const EMPTY = 'headcount'
/** A little more than jobs wait before they take a file for finished. */
const SETTLE_MS = 2_100

/** Puts the files of the world into their folders, where they are not there. Resolves when a job would take them. */
export async function fillInbox(folder: string, files: readonly WorldFile[]): Promise<{ settled: Promise<void> }> {
  for (const name of new Set([EMPTY, ...files.map((file) => file.folder)])) await mkdir(join(folder, name), { recursive: true })
  let written = 0
  for (const file of files) {
    const path = join(folder, file.folder, file.name)
    const there = await stat(path).catch(() => null)
    if (there?.size === file.bytes.length && there.mtimeMs === FILED_AT.getTime()) continue
    await writeFile(path, file.bytes)
    await utimes(path, FILED_AT, FILED_AT)
    written++
  }
  return { settled: written > 0 ? sleep(SETTLE_MS) : Promise.resolve() }
}
