import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openEmbedded, type EmbeddedDatabase } from '#db/embedded.ts'
import { ledgerCsv, ledgerJob, ledgerRows, TRAILER } from '#db/testing/ledger.ts'
import { runCommand } from './run-command.ts'

/** The commands on an installation of their own: as a shell starts them where processes matter, else called here, without the start. */
const folder = mkdtempSync(join(tmpdir(), 'tower-cli-'))
chmodSync(folder, 0o755) // As root the database runs as another user, who must get in.
const ROOT = join(import.meta.dirname, '../..')
const { DATABASE_URL: _none, ...inherited } = process.env
const DATA_DIR = join(folder, 'data')
const environment: NodeJS.ProcessEnv = { ...inherited, DATA_DIR, DEMO: 'no', LOG_LEVEL: 'fatal', NODE_ENV: 'test' }
let database: EmbeddedDatabase | null = null

const ROWS = ledgerRows(10).map((row) => ({ ...row, debit: row.debit && '10.00', credit: row.credit && '10.00' }))
const CLAIMING = ledgerJob({ format: { type: 'csv', trailer: TRAILER } })
const files = {
  jobs: write('jobs.yaml', `${JSON.stringify(CLAIMING)}\n---\n${JSON.stringify(ledgerJob({ job: 'plain' }))}`),
  whole: write('whole.csv', ledgerCsv(ROWS, [10, 5, '50.00', '50.00'])),
  short: write('short.csv', ledgerCsv(ROWS.slice(1), [10, 5, '50.00', '50.00'])),
  empty: write('empty.csv', ''),
  other: write('other.csv', ledgerCsv(ledgerRows(20, { prefix: 'other' }))),
  third: write('third.csv', ledgerCsv(ledgerRows(20, { prefix: 'third' }))),
  many: write('many.csv', ledgerCsv(ledgerRows(3_000, { prefix: 'many' }))),
}

beforeAll(async () => {
  for (const name of ['DATA_DIR', 'DEMO', 'LOG_LEVEL', 'DATABASE_URL']) vi.stubEnv(name, environment[name])
  // The very first command makes the database, runs alone and leaves nothing running.
  const imported = await shell('job', 'import', files.jobs)
  expect(imported).toMatchObject({
    code: 0,
    said: {
      imported: [
        { name: 'ledger', change: 'new' },
        { name: 'plain', change: 'new' },
      ],
    },
  })
  // From here on the server stays up between commands; they share it.
  database = await openEmbedded({ dataDir: DATA_DIR })
  expect(database.started).toBe(true)
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await database?.release()
  rmSync(folder, { recursive: true, force: true })
})

test('0 succeeded, 2 held, 1 failed; and each says what happened in one object', async () => {
  expect(await tower('load', files.whole, '--job', 'ledger')).toMatchObject({
    code: 0,
    said: { outcome: 'succeeded', lines: { new: 10 } },
  })
  expect(await tower('load', files.whole, '--job', 'ledger')).toMatchObject({
    code: 0,
    said: { sentence: expect.stringMatching(/^Already applied/) },
  })
  expect(await tower('load', files.short, '--job', 'ledger')).toMatchObject({
    code: 2,
    said: { runId: 3, outcome: 'held', publication: null },
  })
  const empty = await shell('load', files.empty, '--job', 'ledger')
  const missing = await tower('load', join(folder, 'not-there.csv'), '--job', 'ledger')
  const unknown = await tower('load', files.whole, '--job', 'no-such-job')
  const usage = await tower('load', files.whole)
  expect(empty).toMatchObject({
    code: 1,
    said: { outcome: 'failed', exceptions: [{ class: 'technical_permanent', code: 'file_empty' }] },
  })
  expect(missing).toMatchObject({ code: 1, said: { error: { code: 'source_not_found' } } })
  expect(unknown).toMatchObject({ code: 1, said: { error: { code: 'job_not_found' } } })
  expect(usage.code).toBe(1)
})

test('every reading command prints one JSON object, amounts as text', async () => {
  const totals = await shell('totals')
  const lines = await tower('lines', '--limit', '3')
  const exceptions = await tower('exceptions')
  const runs = await tower('runs')
  const verified = await tower('verify')
  const doctor = await tower('doctor')
  expect(totals).toMatchObject({
    code: 0,
    said: { publication: 1, totals: [{ count: 10, debit: '50.00', credit: '50.00', net: '0.00' }] },
  })
  expect(lines.said).toMatchObject({ lines: [{ debit: '10.00' }, { credit: '10.00' }, { debit: '10.00' }] })
  expect(exceptions.said).toMatchObject({
    exceptions: expect.arrayContaining([
      expect.objectContaining({ class: 'control', code: 'claimed_count_differs', amount: '1' }),
    ]),
  })
  expect(runs).toMatchObject({ code: 0, said: { runs: expect.any(Array) } })
  expect(verified).toMatchObject({ code: 0, said: { sound: true } })
  expect(doctor).toMatchObject({ code: 0, said: { ok: true } })
})

test('without --json a person reads sentences, and no stack trace when it fails', async () => {
  const [held, failed] = await Promise.all([spawned('load', files.short, '--job', 'ledger'), spawned('replay', '99999')])
  expect(held.code).toBe(2)
  expect(held.out).toMatch(/^Run \d+ \(ledger\): held\nHeld: .*\. Nothing was published\.\n/)
  expect(failed.code).toBe(1)
  expect(failed.err).toMatch(/^There is no such run: 99999\n$/)
})

test('a preview of a replay ends as the replay would and publishes nothing', async () => {
  const preview = await tower('replay', '3', '--preview')
  expect(preview).toMatchObject({ code: 2, said: { isPreview: true, outcome: 'held' } })
  expect((await tower('totals')).said).toMatchObject({ publication: 1 })
})

test('the same file loaded twice at the same moment: both end well, and one says it was applied already', async () => {
  const both = await Promise.all([shell('load', files.many, '--job', 'plain'), shell('load', files.many, '--job', 'plain')])
  expect(both.map((one) => one.code)).toEqual([0, 0])
  const sentences = both.map((one) => one.said.sentence).sort()
  expect(sentences).toEqual([
    expect.stringMatching(/^Already applied: 0 new lines, 3,000 unchanged/),
    'Published 3,000 new lines.',
  ])
})

test('beside a running worker the commands work as well, whoever of the two is quicker', async () => {
  const worker = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts', '--role', 'worker'], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((resolve) => worker.stdout.on('data', (piece: Buffer) => piece.includes('Stop: Ctrl-C') && resolve()))
    const reports = await Promise.all([
      shell('load', files.other, '--job', 'plain'),
      shell('load', files.third, '--job', 'plain'),
    ])
    for (const report of reports) expect(report).toMatchObject({ code: 0, said: { outcome: 'succeeded', lines: { new: 20 } } })
  } finally {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
})

type Said = Record<string, unknown> & { sentence?: string }

/** With --json: its exit code and the one object it printed. */
const tower = async (...args: string[]) => told(args, await called('--json', ...args))
const shell = async (...args: string[]) => told(args, await spawned('--json', ...args))

type Ended = { readonly code: number | null; readonly out: string; readonly err: string }
function told(args: readonly string[], { code, out, err }: Ended): { code: number | null; said: Said; err: string } {
  const lines = out.split('\n').filter((line) => line !== '')
  // A wrong call is explained by the parser of the command line, in words.
  if (lines.length === 0 && err.startsWith('error:')) return { code, said: {}, err }
  expect(lines, `${args.join(' ')}: ${err}`).toHaveLength(1)
  return { code, said: JSON.parse(lines[0]!) as Said, err }
}

async function called(...args: string[]): Promise<Ended> {
  const [out, err] = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true))
  const said = (stream: typeof out) => stream!.mock.calls.map(([piece]) => String(piece)).join('')
  try {
    return { code: await runCommand(args), out: said(out), err: said(err) }
  } finally {
    out!.mockRestore()
    err!.mockRestore()
    process.exitCode = undefined
  }
}

async function spawned(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/cli/main.ts', ...args], {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (piece: Buffer) => (out += piece))
  child.stderr.on('data', (piece: Buffer) => (err += piece))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
