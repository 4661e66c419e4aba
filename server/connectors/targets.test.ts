import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SourceCall } from './connector.ts'
import { startPlanningSimulator, type PlanningFault } from './simulator/planning-simulator.ts'
import { mayBeTaken, type DocumentTarget, type TargetDocument } from './target.ts'
import { findTarget } from './targets.ts'

const started: { stop(): Promise<void> }[] = []
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tower-target-'))
})
afterAll(async () => {
  await Promise.all(started.map((simulator) => simulator.stop()))
  await rm(folder, { recursive: true, force: true })
})

async function open(options: { token?: string; credential?: string; settings?: object } = {}) {
  const simulator = await startPlanningSimulator(options.token === undefined ? {} : { token: options.token })
  started.push(simulator)
  const calls: SourceCall[] = []
  const target = findTarget('documents') as DocumentTarget<unknown>
  const session = target.open({
    settings: {
      url: simulator.url,
      timeoutMs: 300,
      ...(options.token !== undefined && { tokenFrom: 'TOKEN' }),
      ...options.settings,
    },
    sender: 'job',
    signal: new AbortController().signal,
    credential: () => options.credential,
    onCall: (call) => calls.push(call),
  })
  return { simulator, session, calls }
}

const document = (key: string): TargetDocument => ({
  key,
  idempotencyKey: `i-${key}`,
  operation: 'put',
  objectType: 'budget_line',
  entity: 'E',
  period: '2026-01',
  version: 'budget',
  currency: 'EUR',
  contentHash: 'h',
  replaces: null,
  lines: [
    {
      sourceKey: key,
      account: '4000',
      costCentre: null,
      project: null,
      counterparty: null,
      accountingStatus: 'approved',
      description: null,
      effectiveOn: null,
      postedOn: null,
      debit: '10.10',
      credit: '0',
    },
  ],
})

test('documents: sent, found by their key, added up by the target; every request is told', async () => {
  const { session, calls } = await open({ token: 'secret-token', credential: 'secret-token' })
  expect(await session.find(['A'])).toEqual([])
  expect(await session.send([document('A'), document('B')])).toMatchObject([{ outcome: 'taken' }, { outcome: 'taken' }])
  expect(await session.find(['A'])).toMatchObject([{ key: 'A', contentHash: 'h', count: 1, debit: '10.10', credit: '0' }])
  const slice = { entity: 'E', period: '2026-01', version: 'budget', currency: 'EUR' }
  expect(await session.totals([slice, { ...slice, period: '2026-02' }])).toEqual([
    { ...slice, count: 2, debit: '20.20', credit: '0' },
  ])
  expect(calls.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['POST /documents/lookup', 'ok'],
    ['POST /documents', 'ok'],
    ['POST /documents/lookup', 'ok'],
    ['POST /totals', 'ok'],
  ])
  expect(JSON.stringify(calls)).not.toContain('secret-token')
})

/** What a request comes to, and whether the documents may be there. */
const FAULTS: Readonly<Record<PlanningFault, { code: string; taken: boolean }>> = {
  down: { code: 'target_answer_lost', taken: true },
  silent: { code: 'target_timed_out', taken: true },
  cut_before: { code: 'target_answer_lost', taken: true },
  cut_after: { code: 'target_answer_lost', taken: true },
  silent_after: { code: 'target_timed_out', taken: true },
  commits_late: { code: 'target_answer_lost', taken: true },
  '503_before': { code: 'target_unavailable', taken: true },
  '503_after': { code: 'target_unavailable', taken: true },
  '401': { code: 'target_credential_refused', taken: false },
  html: { code: 'target_contract_changed', taken: true },
  half_answered: { code: 'target_contract_changed', taken: true },
}

test.each(Object.entries(FAULTS))('%s', async (fault, { code, taken }) => {
  const { simulator, session } = await open()
  simulator.fault = () => fault as PlanningFault
  const error = await session.send([document('A')]).catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code })
  expect(mayBeTaken(error)).toBe(taken)
})

test('nobody listens: it was never sent', async () => {
  const { simulator, session } = await open()
  await simulator.stop()
  const error = await session.send([document('A')]).catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'target_unreachable' })
  expect(mayBeTaken(error)).toBe(false)
})

test.each([
  [400, 'target_refused', false],
  [404, 'target_endpoint_unknown', false],
  [429, 'target_throttled', false],
  [302, 'target_refused', false],
  [500, 'target_unavailable', true],
  [202, 'target_contract_changed', true],
])('an answer of %d', async (status, code, taken) => {
  const server: Server = createServer((_request, response) => {
    response.writeHead(status, { 'Retry-After': '7', Location: 'http://example.test/' })
    response.end('{}')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  started.push({ stop: () => new Promise((done) => server.close(() => done())) })
  const { session } = await open({ settings: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  const error = await session.send([document('A')]).catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code, retryAfterMs: 7_000 })
  expect(mayBeTaken(error)).toBe(taken)
})

test('a credential that is not set, an address we do not go to, settings that are wrong', async () => {
  const asked = async (options: Parameters<typeof open>[0]) => (await open(options)).session.send([document('A')])
  await expect(asked({ token: 'x' })).rejects.toMatchObject({ code: 'target_credential_missing' })
  await expect(asked({ settings: { url: 'http://169.254.169.254/' } })).rejects.toMatchObject({ code: 'target_refused' })
  await expect(asked({ settings: { allowPrivateAddresses: false } })).rejects.toMatchObject({ code: 'target_refused' })
  await expect(asked({ settings: { batchSize: 0 } })).rejects.toMatchObject({ code: 'target_refused' })
})

test('a file appears whole, once; other bytes under its name are left alone; leftovers go', async () => {
  const target = findTarget('file')
  if (target.kind !== 'file') throw new Error('no file target')
  const request = {
    settings: { baseFrom: 'OUTBOX', path: '.' },
    sender: 'job',
    signal: new AbortController().signal,
    credential: () => folder,
  }
  const bytes = async function* (text: string) {
    yield Buffer.from(text)
  }
  await writeFile(join(folder, '.a.csv.left.part'), 'half')
  const sha256 = createHash('sha256').update('one').digest('hex')
  const seen: string[][] = []
  const place = (text: string) =>
    target.place(
      request,
      'a.csv',
      bytes(text),
      async () => void seen.push((await readdir(folder)).filter((name) => !name.startsWith('.'))),
    )
  expect(await place('one')).toEqual({ outcome: 'placed', sha256 })
  expect(seen).toEqual([[]])
  expect(await place('one')).toEqual({ outcome: 'there', sha256 })
  expect(await place('two')).toMatchObject({ outcome: 'differs' })
  expect(await target.find(request, 'a.csv', bytes('one'))).toBe('there')
  expect(await target.find(request, 'a.csv', bytes('two'))).toBe('differs')
  expect(await target.find(request, 'b.csv', bytes('one'))).toBe('gone')
  await expect(target.read(request, 'b.csv')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'target_file_gone' })
  expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('one')
  expect(await readdir(folder)).toEqual(['a.csv'])
  await symlink(tmpdir(), join(folder, 'out'))
  const away = (path: string) =>
    target.place({ ...request, settings: { baseFrom: 'OUTBOX', path } }, 'a.csv', bytes('one'), () => Promise.resolve())
  await expect(away('out')).rejects.toMatchObject({ code: 'target_folder_unusable' })
  await expect(away('../x')).rejects.toMatchObject({ code: 'target_refused' })
})
