import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { csv, ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob, TRAILER } from '#db/testing/ledger.ts'
import { importJob, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { readArtifactBytes, readArtifactView } from './artifact-record.ts'
import { textOf } from '#server/platform/audit-log/testing.ts'
import { verifyBundle } from '#server/platform/audit-log/verify-audit.mjs'
import { WORKER } from '#server/domain/actor.ts'
import { signCheckpoint } from '../audit/sign-checkpoint.ts'
import { readBundle } from './audit-bundle.ts'
import { readAudit, readAuditEvent } from './audit-view.ts'
import { readException, readExceptions } from './exceptions-view.ts'
import { readLineDetail } from './line-detail.ts'
import { readLines, readLinesForExport } from './lines-view.ts'
import { readTotals, type TotalsView } from './totals-view.ts'
import { readTower } from './tower-view.ts'

const world = useDatabase()
const now = new Date('2026-11-21T08:00:00Z')
const ALL = ['*']
const ONE = ['NO01']
const asController = { role: 'controller', grid: 'periods' } as const
const person = (entityScope: readonly string[]): Actor => ({ name: 'test:person', role: 'controller', entityScope })

/** Publication 1: cost centres, one of them closed. 2: two entities in one file, one document of each to the closed one. 3: a correction. 4: the other entity alone. */
beforeAll(async () => {
  const { context } = world
  await load(
    context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name', 'status'],
      [
        ['CC1', 'Bakery', 'active'],
        ['OLD', 'Warehouse', 'inactive'],
      ],
    ),
  )
  const job = ledgerJob({ rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
  const rows = [
    ...ledgerRows(4, { prefix: 'A', entity: 'NO01' }),
    ...ledgerRows(2, { prefix: 'B', entity: 'SE01', currency: 'SEK' }),
    ...ledgerRows(2, { prefix: 'X', entity: 'NO01', cost_centre: 'OLD' }),
    ...ledgerRows(2, { prefix: 'Y', entity: 'SE01', currency: 'SEK', cost_centre: 'OLD' }),
  ]
  await load(context, job, ledgerCsv(rows), 'both.csv')
  await load(
    context,
    job,
    ledgerCsv([{ ...ledgerRows(1, { prefix: 'A', entity: 'NO01' })[0]!, debit: '10.01' }]),
    'corrected.csv',
  )
  await load(
    context,
    ledgerJob({ job: 'sweden' }),
    ledgerCsv(ledgerRows(3, { prefix: 'S', entity: 'SE01', currency: 'SEK' })),
    'sweden.csv',
  )
  const claims = ledgerJob({ job: 'claims', format: { type: 'csv', trailer: TRAILER } })
  await load(
    context,
    claims,
    ledgerCsv(
      [
        { id: 'C1', entity: 'NO01' },
        { id: 'C2', entity: 'SE01' },
      ],
      [3, 2, '2', '0'],
    ),
    'claims.csv',
  )
})

const published = async (scope: readonly string[], publication: number) => {
  const view = await readTotals(world.db, { view: 'published', filter: { scope }, publication, isPast: publication < 4 }, now)
  return (view as Extract<TotalsView, { view: 'published' }>).slices
}

test('a total says what waits behind it, and a slice with something waiting comes first', async () => {
  const slices = await published(ALL, 4)
  expect(
    slices.map(({ entity, currency, total, rejected, held }) => [entity, currency, total?.count, rejected?.records, held.length]),
  ).toEqual([
    // The load that claims a line too many is held, with a line of each entity.
    ['NO01', 'NOK', 4, 2, 1],
    ['SE01', 'NOK', undefined, undefined, 1],
    ['SE01', 'SEK', 5, 2, 0],
  ])
})

test('as of a publication is as it was: before the first nothing is published and nothing waits', async () => {
  expect(await published(ALL, 0)).toEqual([])
  const [first] = await published(ALL, 2)
  expect(first?.total?.debit).toBe('99.19')
  expect((await published(ALL, 3))[0]?.total?.debit).toBe('99.20')
})

test('what changed keeps its sign and is exact', async () => {
  const request = { view: 'changes', since: 2, filter: { scope: ALL }, publication: 3, isPast: true } as const
  const { slices } = (await readTotals(world.db, request, now)) as Extract<TotalsView, { view: 'changes' }>
  expect(slices.map(({ entity, difference }) => [entity, difference])).toEqual([
    ['NO01', { records: '0', debit: '0.01', credit: '0.00', net: '0.01' }],
  ])
})

test('changes are never counted from the future', async () => {
  const request = { view: 'changes', since: 4, filter: { scope: ALL }, publication: 3, isPast: true } as const
  await expect(readTotals(world.db, request, now)).rejects.toThrow(Refusal)
})

test('source minus loaded is what was rejected', async () => {
  const request = { view: 'checkpoints', filter: { scope: ALL, entity: 'SE01' }, publication: 4, isPast: false } as const
  const { slices } = (await readTotals(world.db, request, now)) as Extract<TotalsView, { view: 'checkpoints' }>
  const both = slices.find(({ job }) => job === 'ledger')
  expect(both).toMatchObject({ extracted: '4', accepted: '2', rejected: '2', loaded: '2', difference: '2', waiting: 2 })
})

test('lines add up to the published total, kinds and currencies apart', async () => {
  const view = await readLines(world.db, { filter: { scope: ALL }, publication: 4, addUp: false }, now)
  expect(view.totals.map(({ currency, ties, found }) => [currency, ties, found?.count])).toEqual([
    ['NOK', true, 4],
    ['SEK', true, 5],
  ])
})

test('a total that says something else than its rows does not tie', async () => {
  await world.owner`update slice_totals set debit = debit + 1 where entity = 'NO01' and superseded_at_pub is null`
  const view = await readLines(world.db, { filter: { scope: ALL, entity: 'NO01' }, publication: 4, addUp: false }, now)
  await world.owner`update slice_totals set debit = debit - 1 where entity = 'NO01' and superseded_at_pub is null`
  expect(view.totals.map(({ ties }) => ties)).toEqual([false])
})

test('a publication has the lines it brought, and only while they are current', async () => {
  const of = async (publication: number, asOf: number) =>
    (await readLines(world.db, { filter: { scope: ALL, publication }, publication: asOf, addUp: false }, now)).count
  expect([await of(2, 2), await of(2, 3), await of(3, 3)]).toEqual([6, 5, 1])
})

test('a line stands beside its record, and its history is whole', async () => {
  const { rows } = await readLines(world.db, { filter: { scope: ALL, publication: 3 }, publication: 4, addUp: false }, now)
  const detail = await readLineDetail(world.db, { lineId: rows[0]!.lineId, publication: 4, scope: ALL }, now)
  expect(detail.history.map(({ debit, loadedAtPub, supersededAtPub }) => [debit, loadedAtPub, supersededAtPub])).toEqual([
    ['10.01', 3, null],
    ['10.00', 2, 3],
  ])
  expect(detail.source.found?.cells.find(({ column }) => column === 'debit')?.value).toBe('10.01')
  expect(detail.origins.find(({ field }) => field === 'debit')).toEqual({
    field: 'debit',
    value: '10.01',
    from: { column: 'debit' },
    wrote: '10.01',
  })
})

test('the name of a code is that of its own system, and none where others disagree', async () => {
  const other = { ...memberJob('account'), job: 'other-accounts', system: { code: 'other', name: 'Other', kind: 'erp' as const } }
  await load(world.context, memberJob('account'), memberCsv(['code', 'name'], [['4000', 'Revenue']]))
  await load(world.context, other, memberCsv(['code', 'name'], [['4000', 'Varekjøp']]))
  const { rows } = await readLines(world.db, { filter: { scope: ALL, publication: 2 }, publication: 6, addUp: false }, now)
  expect(new Set(rows.map(({ accountName }) => accountName))).toEqual(new Set(['Revenue']))
})

test('a rejected record tells every reason where it stands, an accepted one its line', async () => {
  const artifactId = await artifactOf('both.csv')
  const rejected = await readArtifactView(world.db, { artifactId, position: 8, scope: ALL }, now)
  expect(rejected.record?.source?.marked).toEqual([8, 8])
  expect(rejected.readers[0]?.verdicts).toMatchObject([
    { kind: 'rejected', reasons: [{ code: 'member_inactive', value: 'OLD' }] },
  ])
  const accepted = await readArtifactView(world.db, { artifactId, position: 2, scope: ALL }, now)
  expect(accepted.readers[0]?.verdicts).toMatchObject([{ kind: 'line', publication: 2 }])
  const none = await readArtifactView(world.db, { artifactId, position: 999, scope: ALL }, now)
  expect(none.record?.absence).toEqual({ reason: 'none', detail: '' })
})

test('the log that is exported can be checked by anybody', async () => {
  await signCheckpoint(world.context, { actor: WORKER })
  const log = await textOf(readBundle(world.db, { request: { actor: person(ALL) }, filters: {}, isWhole: true }, now))
  const { faults, records } = await verifyBundle([Buffer.from(log)])
  expect(faults).toEqual([])
  expect(records).toBeGreaterThan(5)
})

test('the tower counts what its lists list', async () => {
  const tower = await readTower(world.db, { ...asController, publication: 4, scope: ALL }, now)
  const listed = await readExceptions(world.db, { group: 'business', state: 'open', scope: ALL }, now)
  expect(tower.open.business).toBe(listed.rows.length)
  expect(tower.money.map(({ currency, waiting, held }) => [currency, waiting?.debit, waiting?.count, held?.count])).toEqual([
    ['NOK', '10.00', 2, 2],
    ['SEK', '10.00', 2, undefined],
  ])
  expect(tower.stopped.runs.map(({ status }) => status)).toEqual(['held'])
})

test('an old period with something open is on the grid before newer ones without, and its entity on top', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    id: `P${i}`,
    entity: 'AA01',
    period: `2027-${`${i + 1}`.padStart(2, '0')}`,
    posted_on: '',
  }))
  await load(
    world.context,
    ledgerJob({ job: 'later', system: { code: 'later', name: 'Later', kind: 'erp' } }),
    ledgerCsv(rows),
    'later.csv',
  )
  const newest = await world.db.execute<{ n: number }>(sql`select max(publication)::int as n from publications`)
  const { grid } = await readTower(world.db, { ...asController, publication: newest[0]!.n, scope: ALL }, now)
  expect(grid).toMatchObject({ leftOut: 1, openLeftOut: 0 })
  expect('columns' in grid && grid.columns[0]?.code).toBe('2026-03')
  expect(grid.rows.map((row) => 'code' in row && row.code)).toEqual(['NO01', 'SE01', 'AA01'])
})

// Whoever may see NO01 only must find nothing of SE01, wherever they look.
test('no read tells of an entity out of scope', async () => {
  const { db } = world
  const artifactId = await artifactOf('both.csv')
  const exceptions = await readExceptions(db, { group: 'business', state: 'all', scope: ONE }, now)
  const controls = await readExceptions(db, { group: 'control', state: 'all', scope: ONE }, now)
  const read = {
    totals: await published(ONE, 4),
    checkpoints: await readTotals(db, { view: 'checkpoints', filter: { scope: ONE }, publication: 4, isPast: false }, now),
    changes: await readTotals(db, { view: 'changes', since: 0, filter: { scope: ONE }, publication: 4, isPast: false }, now),
    lines: await readLines(db, { filter: { scope: ONE }, publication: 4, addUp: true }, now),
    asked: await readLines(db, { filter: { scope: ONE, entity: 'SE01' }, publication: 4, addUp: true }, now).then(
      ({ rows }) => rows,
    ),
    exceptions: exceptions.rows,
    controls: controls.rows,
    details: await Promise.all(
      [...exceptions.rows, ...controls.rows].map(({ exceptionId }) => readException(db, { exceptionId, scope: ONE }, now)),
    ),
    tower: await readTower(db, { ...asController, publication: 4, scope: ONE }, now),
    artifact: await readArtifactView(db, { artifactId, position: 2, scope: ONE }, now),
    hidden: await readArtifactView(db, { artifactId, position: 6, scope: ONE }, now),
    audit: await readAudit(db, { actor: person(ONE) }, now),
    evidence: await textOf(readBundle(db, { request: { actor: person(ONE) }, filters: {}, isWhole: false }, now)),
  }
  expect(JSON.stringify(read)).not.toMatch(/SE01|SEK|sweden/)
  // And it is not empty for want of looking.
  expect(JSON.stringify(read)).toMatch(/NO01/)
  // An account belongs to all entities, so that its systems differ concerns everybody.
  expect(exceptions.rows.map(({ code, occurrences, amounts }) => [code, occurrences, amounts.length])).toEqual([
    ['member_drift', 1, 0],
    ['member_inactive', 2, 1],
  ])
  expect(controls.rows.map(({ isRedacted, amounts, title }) => [isRedacted, amounts, /\d/.test(title)])).toEqual([
    [true, [], false],
  ])
  expect(read.hidden.record).toMatchObject({ source: null, absence: { reason: 'outside_scope' } })
})

test('what lies out of scope is refused', async () => {
  const { db } = world
  const [swedish] = (await readLines(db, { filter: { scope: ALL, entity: 'SE01' }, publication: 4, addUp: false }, now)).rows
  const artifactId = await artifactOf('both.csv')
  const runId = (await readArtifactView(db, { artifactId, scope: ALL }, now)).readers[0]!.runId
  const event = (await readAudit(db, { objectType: 'run', objectId: `${runId}`, actor: person(ALL) }, now)).rows[0]!
  await expect(readLineDetail(db, { lineId: swedish!.lineId, publication: 4, scope: ONE }, now)).rejects.toThrow(
    'There is no such line',
  )
  await expect(readArtifactBytes(db, artifactId, ONE)).rejects.toThrow('outside your scope')
  await expect(readArtifactView(db, { artifactId: await artifactOf('sweden.csv'), scope: ONE }, now)).rejects.toThrow(
    'There is no such artifact',
  )
  expect(await readAuditEvent(db, event.eventId, person(ONE))).toBeNull()
  expect((await readTower(db, { ...asController, publication: 4, scope: [] }, now)).grid.rows).toEqual([])
})

test('a list of entities is shown to nobody who may not see them all', async () => {
  await load(
    world.context,
    memberJob('entity'),
    csv(
      ['code', 'name'],
      [
        ['NO01', 'Norge AS'],
        ['SE01', 'Sverige AB'],
      ],
    ),
    'entities.csv',
  )
  const artifactId = await artifactOf('entities.csv')
  await expect(readArtifactBytes(world.db, artifactId, ONE)).rejects.toThrow('outside your scope')
  const own = await readArtifactView(world.db, { artifactId, position: 2, scope: ONE }, now)
  const other = await readArtifactView(world.db, { artifactId, position: 3, scope: ONE }, now)
  expect(own.record?.source?.text).toContain('Norge AS')
  expect(JSON.stringify([own, other])).not.toContain('Sverige')
})

test('a file nobody could read is kept from whoever may not see all entities', async () => {
  await importJob(world.context, ledgerJob())
  const report = await load(world.context, ledgerJob(), 'not,the,columns\n1,2,3\n', 'broken.csv')
  expect(report.outcome).toBe('failed')
  await expect(readArtifactBytes(world.db, await artifactOf('broken.csv'), ONE)).rejects.toThrow('outside your scope')
})

test('an export reads every line once, and refuses more than a spreadsheet opens', async () => {
  const keys: string[] = []
  const { lines } = await readLinesForExport(world.db, { scope: ALL }, 4)
  for await (const { sourceKey } of lines) keys.push(sourceKey)
  expect(keys).toHaveLength(9)
  expect(new Set(keys).size).toBe(9)
})

async function artifactOf(name: string): Promise<number> {
  const [row] = await world.db.execute<{ id: number }>(
    sql`select artifact_id as id from run_artifacts where name = ${name} limit 1`,
  )
  return row!.id
}
