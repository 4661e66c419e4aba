import { isAbsolute } from 'node:path'
import { expect, test } from 'vitest'
import { credentialFrom, loadEnv } from './env.ts'

test('nothing set is enough', () => {
  const env = loadEnv({})
  expect(env).toMatchObject({ HOST: '127.0.0.1', PORT: 3000, WORKER_CONCURRENCY: 4, LOG_LEVEL: 'info' })
  expect(env.NODE_ENV).toBe('production')
  expect(env.DATABASE_URL).toBeUndefined()
  expect(isAbsolute(env.DATA_DIR)).toBe(true)
  expect(Object.isFrozen(env)).toBe(true)
})

test('an empty setting is one that is not set', () => {
  const env = loadEnv({ PORT: '', SESSION_SECRET: '  ' })
  expect([env.PORT, env.SESSION_SECRET]).toEqual([3000, undefined])
})

test('every problem is named at once, the age of Node among them', () => {
  const wrong = { PORT: '30x', DATABASE_URL: 'mysql://db', SESSION_SECRET: 'short', LOG_LEVEL: 'loud' }
  const settings = { ...wrong, WORKER_CONCURRENCY: '0' }
  const lines = complaint(settings, '18.20.1').split('\n')
  expect(lines[0]).toContain('Node 18.20.1 is too old: install Node 20.19.0 or newer')
  const named = lines.slice(1).map((line) => line.split(' ')[0])
  expect(named.sort()).toEqual(Object.keys(settings).sort())
  expect(lines).toHaveLength(6)
})

test('a value is never repeated: it could be a secret', () => {
  const text = complaint({ DATABASE_URL: 'hunter2-secret', SESSION_SECRET: 'hunter2', PORT: 'hunter2', NODE_ENV: 'hunter2' })
  expect(text).not.toContain('hunter2')
})

test.each([
  ['20.18.3', true],
  ['20.19.0', false],
  ['22.0.0', false],
  ['9.99.99', true],
])('Node %s is too old: %s', (version, old) => {
  expect(complaint({}, version).includes('too old')).toBe(old)
})

test.each(['-1', '65536', '1e3', '3000.5', '0x10'])('%s is no port', (PORT) => {
  expect(complaint({ PORT })).toMatch(/^PORT must be a whole number from 0 to 65535\.$/)
})

function complaint(source: Record<string, string>, version = '20.19.0') {
  try {
    loadEnv(source, version)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test('a job can name a variable as its credential, but never a setting of the program', () => {
  process.env.TEST_SOURCE_TOKEN = 'hunter2'
  const before = process.env.DATABASE_URL
  process.env.DATABASE_URL = 'postgres://owner:hunter2@db/tower'
  try {
    expect([credentialFrom('TEST_SOURCE_TOKEN'), credentialFrom('DATABASE_URL'), credentialFrom('NOT_SET')]).toEqual([
      'hunter2',
      undefined,
      undefined,
    ])
  } finally {
    delete process.env.TEST_SOURCE_TOKEN
    if (before === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = before
  }
})
