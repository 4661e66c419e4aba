import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { provideCredentials, type Env } from '#server/platform/env.ts'
import type { Logger } from '#server/platform/logger.ts'
import type { Lifecycle } from './lifecycle.ts'
import { superviseWorker } from './supervise.ts'

const PROGRAM = fileURLToPath(new URL('../../db/seed/simulated-systems.ts', import.meta.url))
/** A port of their own, as systems have; where it is taken, any other. */
const PORT = 4180

/** Where the files of the demonstration are, where its own are put, and what its simulated target took. */
export const inboxOf = (env: Pick<Env, 'DATA_DIR'>): string => join(env.DATA_DIR, 'inbox')
export const outboxOf = (env: Pick<Env, 'DATA_DIR'>): string => join(env.DATA_DIR, 'outbox')
export const keptOf = (env: Pick<Env, 'DATA_DIR'>): string => join(env.DATA_DIR, 'simulated-planning.jsonl')

/**
 * Keeps the simulated systems of the demonstration running in a process of their own, so that a busy one delays no page, and
 * tells this process and those it starts where they are.
 */
export async function startDemoSystems(env: Env, logger: Logger, lifecycle: Lifecycle): Promise<number> {
  const argumentsOf = (at: number) => ['--port', `${at}`, '--keep', keptOf(env)]
  let port = PORT
  const command = { file: PROGRAM, args: argumentsOf(port), execArgv: ['--import', 'tsx'] }
  const onMessage = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('port' in message) || typeof message.port !== 'number') return
    port = message.port
    // Started again, they come back to where everybody looks for them.
    command.args = argumentsOf(port)
  }
  const supervise = () => superviseWorker({ logger, signal: lifecycle.signal, command, onMessage })
  await mkdir(join(outboxOf(env), 'board-report'), { recursive: true })
  await lifecycle.open('simulated systems', supervise, (systems) => systems.stop())
  await mkdir(env.DATA_DIR, { recursive: true })
  await writeFile(fileOf(env), `${port}\n`)
  await provide(env, port)
  return port
}

/** For a process that did not start them: where they were last, or would be. */
export async function findDemoSystems(env: Env): Promise<void> {
  const noted = await readFile(fileOf(env), 'utf8').catch(() => '')
  await provide(env, /^\d{1,5}\n$/.test(noted) ? Number.parseInt(noted, 10) : PORT)
}

const fileOf = (env: Env) => join(env.DATA_DIR, 'simulated-systems.port')

async function provide(env: Env, port: number): Promise<void> {
  const { demoCredentials } = await import('#db/seed/world/systems.ts')
  provideCredentials(demoCredentials({ url: `http://127.0.0.1:${port}`, files: inboxOf(env), outbox: outboxOf(env) }))
}
