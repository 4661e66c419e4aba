import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

type Options = {
  readonly msMax: number
  readonly env?: Readonly<Record<string, string>>
  /** Where given, each line it prints is put here as well. */
  readonly said?: string[]
}

const REST_MS = 2_000

/** Runs a tool of node_modules/.bin with our output as its own. Its exit code; a crash counts as one. */
export function runTool([name = '', ...args]: readonly string[], { msMax, env, said }: Options): Promise<number | 'too long'> {
  return new Promise((done) => {
    // npm has put node_modules/.bin on the path. A group of its own, so that stopping it stops what it started.
    const child = spawn(name, args, {
      stdio: said ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
      detached: process.platform !== 'win32',
    })
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const)
      if (said && from) tee(from, to, said)
    const stop = (signal: NodeJS.Signals) => {
      if (child.pid === undefined) return
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
      } catch {
        // It has just ended by itself.
      }
    }
    const onInterrupt = () => {
      stop('SIGTERM')
      process.exit(130)
    }
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      // As from the keyboard: whatever it started in a group of its own, the application of the journeys, is ended by it.
      stop('SIGINT')
      setTimeout(stop, 40_000, 'SIGKILL').unref()
    }, msMax)
    process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt)
    const end = (code: number) => {
      clearTimeout(late)
      process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt)
      done(isLate ? 'too long' : code)
    }
    child.once('error', (error) => {
      console.error(`${name} could not be started: ${error.message}`)
      end(1)
    })
    child.once('exit', (code) => {
      // What it left running may hold its output open.
      const left = setTimeout(() => {
        child.stdout?.destroy()
        child.stderr?.destroy()
      }, REST_MS)
      child.once('close', () => {
        clearTimeout(left)
        end(code ?? 1)
      })
    })
  })
}

function tee(from: Readable, to: NodeJS.WritableStream, said: string[]): void {
  createInterface({ input: from }).on('line', (line) => {
    to.write(`${line}\n`)
    said.push(line)
  })
}
