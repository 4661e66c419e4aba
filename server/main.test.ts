import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

function start(args: string[], settings: Record<string, string>) {
  const env = { PATH: '/usr/bin:/bin', ...settings } as unknown as NodeJS.ProcessEnv
  const command = ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), ...args]
  const ended = spawnSync(process.execPath, command, { env, cwd: join(import.meta.dirname, '..'), timeout: 15_000 })
  return { status: ended.status, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() }
}

test('wrong settings end the start with a sentence each, and nothing was begun', () => {
  const { status, stdout, stderr } = start([], { PORT: 'hunter2', SESSION_SECRET: 'hunter2' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr.trim().split('\n')).toEqual([
    '✘ PORT must be a whole number from 0 to 65535.',
    '✘ SESSION_SECRET must be at least 32 characters.',
  ])
})

test('an unknown role is told, with the known ones', () => {
  const { status, stderr } = start(['--role', 'cat'], {})
  expect(status).toBe(1)
  expect(stderr).toBe('✘ There is no role "cat": use --role with one of start, web, worker, scheduler, all.\n')
})
