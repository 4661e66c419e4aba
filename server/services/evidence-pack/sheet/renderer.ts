import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Index } from './index-of.ts'
import type { Sheet } from './sheet-of.ts'

export type Print = { readonly kind: 'sheet'; readonly sheet: Sheet } | { readonly kind: 'index'; readonly index: Index }
export type Printed = { readonly id: number; readonly what: Print }
export type Rendered = { readonly id: number; readonly bytes?: Uint8Array; readonly error?: string }
export type Renderer = { render(what: Print): Promise<Uint8Array>; close(): void }

/**
 * A sheet takes a second of a processor and 200 MB: so they are printed in a process of their own, beside the pages, one after the other.
 * One of them for as long as somebody takes a pack.
 */
type Printer = { readonly child: ChildProcess; readonly waiting: Map<number, Waiting>; users: number; asked: number }
type Waiting = { done(bytes: Uint8Array): void; fail(error: Error): void }
let printer: Printer | null = null

const MEMORY_MB_MAX = 768
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PRINT = fileURLToPath(new URL('./print.ts', import.meta.url))

export function openRenderer(): Renderer {
  printer ??= start()
  const own = printer
  own.users += 1
  let isOpen = true
  return {
    render: (what) =>
      new Promise((done, fail) => {
        const id = own.asked++
        own.waiting.set(id, { done, fail })
        own.child.send({ id, what } satisfies Printed, (error) => error && fail(error))
      }),
    close() {
      if (!isOpen) return
      isOpen = false
      own.users -= 1
      if (own.users === 0) end(own, new Error('nobody takes a pack any more'))
    },
  }
}

function start(): Printer {
  const child = fork(PRINT, {
    cwd: ROOT,
    // It needs no setting of ours, so it is told none: no address, no secret.
    env: { NODE_ENV: 'production' },
    execArgv: ['--import', 'tsx', `--max-old-space-size=${MEMORY_MB_MAX}`],
    serialization: 'advanced',
  })
  const started: Printer = { child, waiting: new Map(), users: 0, asked: 0 }
  child.on('message', ({ id, bytes, error }: Rendered) => {
    const waiting = started.waiting.get(id)
    started.waiting.delete(id)
    if (bytes) waiting?.done(bytes)
    else waiting?.fail(new Error(`a sheet could not be printed: ${error}`))
  })
  child.on('error', (error) => end(started, error))
  child.on('exit', (code) => end(started, new Error(`what prints sheets ended with ${code}`)))
  return started
}

function end(ended: Printer, error: Error): void {
  if (printer === ended) printer = null
  for (const { fail } of ended.waiting.values()) fail(error)
  ended.waiting.clear()
  ended.child.kill()
}
