import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN, load, type JobInput } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { replayRun } from '../replay-run.ts'
import { readRunList } from './run-list.ts'
import { readRejected, readRepeats, readDelivery } from './run-rows.ts'
import { readRunScreen } from './run-screen.ts'

const world = useDatabase()
const NOW = new Date('2026-11-21T06:00:00Z')

const job: JobInput = {
  job: 'gl',
  title: 'Ledger',
  owner: 'finance',
  system: { code: 'erp', name: 'ERP', kind: 'erp' },
  source: { type: 'file' },
  format: { type: 'csv' },
  objectType: 'journal_line',
  mapping: { key: ['id'], fields: { version: { value: 'actual' } } },
  rules: { required: ['entity', 'account', 'period', 'currency'] },
  onFailure: 'quarantine',
}
const FILE = `id,entity,account,period,currency,debit,credit
1,DE01,4000,2026-10,EUR,10.00,
2,DE01,1000,2026-10,EUR,,10.00
3,FR01,4000,2026-10,EUR,7.50,
4,FR01,,2026-10,EUR,1.25,
4,FR01,,2026-10,EUR,1.25,
`
const actor = (...entityScope: string[]): Actor => ({ name: 'fiona', role: 'finance_operations', entityScope })
const german = actor('DE01')
const asked = (runId: number, who: Actor) => ({ runId, actor: who, open: undefined, previewRunId: undefined, now: NOW })

test('a run shows each person only what is in their scope, and its bytes only to who may see them all', async () => {
  const { db } = world
  const { runId } = await load(world.context, job, FILE)
  const whole = await readRunScreen(db, asked(runId, ADMIN))
  const part = await readRunScreen(db, asked(runId, german))
  const extracted = (screen: typeof whole) =>
    screen.sums.filter((sum) => sum.checkpoint === 'extracted').map(({ count, debit }) => ({ count, debit }))
  expect(extracted(whole)).toEqual([{ count: 5, debit: '20.00' }])
  expect(extracted(part)).toEqual([{ count: 2, debit: '10.00' }])
  expect(part.totals.every(({ entity }) => entity === 'DE01')).toBe(true)
  expect([whole.mayDownload, part.mayDownload]).toEqual([true, false])
  const { artifactId } = whole.deliveries[0]!
  await expect(readDelivery(db, { runId, artifactId, scope: german.entityScope })).rejects.toMatchObject({
    code: 'outside_entity_scope',
  })
  const { bytes } = await readDelivery(db, { runId, artifactId, scope: ['*'] })
  const parts: Uint8Array[] = []
  for await (const piece of bytes) parts.push(piece)
  expect(Buffer.concat(parts).toString()).toBe(FILE)
})

test('a run of entities that are not yours does not exist', async () => {
  const { db } = world
  const { runId } = await load(world.context, job, FILE.replaceAll('DE01', 'FR01'), 'other.csv')
  const stranger = actor('DE01')
  await expect(readRunScreen(db, asked(runId, stranger))).rejects.toMatchObject({ code: 'run_not_found' })
  await expect(readRejected(db, { runId, scope: ['DE01'] }, NOW)).rejects.toMatchObject({ code: 'run_not_found' })
  await expect(readRepeats(db, { runId, scope: ['DE01'] }, NOW)).rejects.toMatchObject({ code: 'run_not_found' })
  const ids = (await readRunList(db, { scope: ['DE01'] }, NOW)).rows.map((row) => row.runId)
  expect(ids).not.toContain(runId)
  expect((await readRunList(db, { scope: ['*'] }, NOW)).rows.map((row) => row.runId)).toContain(runId)
})

test('rejected and repeated records add up to what the run says of them', async () => {
  const { db } = world
  const { runId } = await load(world.context, job, FILE, 'again.csv')
  const { sums } = await readRunScreen(db, asked(runId, ADMIN))
  const stated = (...checkpoints: string[]) =>
    sums.filter((sum) => checkpoints.includes(sum.checkpoint)).reduce((n, sum) => n + sum.count, 0)
  const rejected = await readRejected(db, { runId, scope: ['*'] }, NOW)
  const repeats = await readRepeats(db, { runId, scope: ['*'] }, NOW)
  expect(rejected.rows.length).toBe(stated('rejected'))
  expect(rejected.rows.every((row) => row.reasons.length > 0)).toBe(true)
  expect(repeats.rows.length).toBe(stated('unchanged', 'duplicate'))
  expect(stated('extracted')).toBe(5)
})

test('a preview belongs to its run, and is no run of the list', async () => {
  const { db } = world
  const first = await load(world.context, job, FILE, 'first.csv')
  const second = await load(world.context, job, FILE, 'second.csv')
  const preview = await replayRun(world.context, { runId: first.runId, rules: 'original', preview: true, actor: ADMIN })
  const open = { open: 'replay' as const, actor: ADMIN, now: NOW }
  const seen = await readRunScreen(db, { ...open, runId: first.runId, previewRunId: preview.runId })
  expect(seen.replayPreview?.rules).toBe('original')
  // It waits for a worker, so the screen keeps looking.
  expect(seen.isLive).toBe(true)
  await expect(readRunScreen(db, { ...open, runId: second.runId, previewRunId: preview.runId })).rejects.toMatchObject({
    code: 'run_not_found',
  })
  expect((await readRunList(db, { scope: ['*'] }, NOW)).rows.map((row) => row.runId)).not.toContain(preview.runId)
})

test('pages of the list neither skip nor repeat a run, in both directions', async () => {
  const { db } = world
  const all = (await readRunList(db, { scope: ['*'] }, NOW)).rows.map((row) => row.runId)
  const middle = all[1]!
  const older = await readRunList(db, { scope: ['*'], before: middle }, NOW)
  const newer = await readRunList(db, { scope: ['*'], after: middle }, NOW)
  expect([...newer.rows.map((row) => row.runId), middle, ...older.rows.map((row) => row.runId)]).toEqual(all)
  expect([older.hasNewer, newer.hasOlder]).toEqual([true, true])
})
