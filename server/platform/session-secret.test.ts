import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sessionSecret } from './session-secret.ts'

let DATA_DIR = ''
beforeEach(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'tower-secret-'))
})
afterEach(() => rmSync(DATA_DIR, { recursive: true, force: true }))
const file = () => join(DATA_DIR, 'session.secret')

test('the secret that is set wins and is not written down', async () => {
  expect(await sessionSecret({ SESSION_SECRET: 'x'.repeat(32), DATA_DIR })).toBe('x'.repeat(32))
  expect(() => readFileSync(file())).toThrow('ENOENT')
})

test('one made is kept for the next start, for our eyes only', async () => {
  const made = await sessionSecret({ DATA_DIR })
  expect(made.length).toBeGreaterThanOrEqual(64)
  expect(await sessionSecret({ DATA_DIR })).toBe(made)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('processes that start together agree', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => sessionSecret({ DATA_DIR })))
  expect(new Set(all).size).toBe(1)
})

test('one that was cut short is replaced', async () => {
  writeFileSync(file(), 'abc')
  chmodSync(file(), 0o600)
  expect((await sessionSecret({ DATA_DIR })).length).toBeGreaterThanOrEqual(64)
})
