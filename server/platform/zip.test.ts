import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jcs } from '#server/platform/audit-log/jcs.ts'
import { newSigningKey, signedNote, verifierKey } from '#server/platform/audit-log/note.ts'
import { leafHash, nodeHash } from '#server/platform/audit-log/tree.ts'
import { zipBytes } from './zip.ts'

const SCRIPT = join(import.meta.dirname, 'audit-log/verify-audit.mjs')
const ORIGIN = 'log.test/zip'
const key = newSigningKey()
const events = [1, 2].map((eventId) => jcs({ eventId, action: 'run.started', objectType: 'run', objectId: `${eventId}` }))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a bundle is checked as it was downloaded, by the script alone, and the exit code says how it went', async () => {
  const entries = [
    { name: 'README.txt', content: 'Ümläute, and a text that repeats. '.repeat(1_000) },
    { name: 'audit.jsonl', content: pieces(bundle()) },
  ]
  const whole = await written('whole.zip', entries)
  expect(run(whole, '--key', verifierKey(ORIGIN, key))).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('a key you passed'),
  })
  expect(run(whole)).toMatchObject({ status: 0, stdout: expect.stringContaining('NOT proved: who signed') })
  const touched = [{ name: 'audit.jsonl', content: bundle().replace('"objectId\\":\\"2', '"objectId\\":\\"3') }]
  expect(run(await written('touched.zip', touched))).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('✘ leaf 1 (event 2, run.started, run 3): the record or its hash was changed'),
  })
  const twice = await written('twice.zip', [{ name: 'audit.jsonl', content: bundle() }, ...touched])
  expect(run(twice)).toMatchObject({ status: 1, stdout: expect.stringContaining('2 files audit.jsonl, not one') })
  expect(run(whole, '--key', verifierKey(ORIGIN, newSigningKey())).status).toBe(1)
  expect(run(join(folder, 'nothing.zip')).status).toBe(2)
  expect(run(whole, '--key', 'no key').status).toBe(2)
})

test('a content that fails while it is read ends the download', async () => {
  const broken = async function* () {
    yield 'a beginning'
    throw new Error('the database went away')
  }
  await expect(written('broken.zip', [{ name: 'a', content: broken() }])).rejects.toThrow('the database went away')
})

const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })

async function written(name: string, entries: Parameters<typeof zipBytes>[0]): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of zipBytes(entries, new Date('2026-11-21T12:00:00Z'))) parts.push(part)
  await writeFile(join(folder, name), Buffer.concat(parts))
  return join(folder, name)
}

function bundle(): string {
  const [left, right] = [leafHash(events[0]!), leafHash(events[1]!)]
  const note = signedNote({ origin: ORIGIN, size: 2, root: nodeHash(left, right), signedAt: new Date('2026-11-21T12:00:00Z') }, [
    key,
  ])
  const head = { type: 'bundle', format: 'control-tower-audit/1', origin: ORIGIN, whole: true, filters: {} }
  const records = events.map((event, leaf) => ({ type: 'event', leaf, hash: [left, right][leaf]!.toString('hex'), event }))
  const lines = [head, { type: 'key', verifier: verifierKey(ORIGIN, key) }, { type: 'checkpoint', note }, ...records]
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  return `${text}${JSON.stringify({ type: 'end', records: 2, leaves: '0-1', sha256: createHash('sha256').update(text).digest('hex') })}\n`
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 100) yield text.slice(at, at + 100)
}
