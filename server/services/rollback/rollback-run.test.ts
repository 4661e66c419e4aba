import { expect, test } from 'vitest'
import { SEGMENT_LINES_MIN } from '#db/load/publish.ts'
import { countAuditEvents } from '#db/queries/audit.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listLines } from '#db/queries/lines.ts'
import { newestRunId } from '#db/queries/runs.ts'
import { listCheckpoints } from '#db/queries/total-screens.ts'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { replayAll } from '#db/testing/replays.ts'
import { previewRollback, rollbackRun } from './rollback-run.ts'
import { readRollbackPreview } from '../reads/run-detail.ts'
import { verify } from '../verify.ts'

const world = useDatabase()
const jobNamed = (job: string): JobInput => ledgerJob({ job, system: { code: job, name: job, kind: 'erp' } })
const rollback = (runId: number) => rollbackRun(world.context, { runId, reason: 'wrong file', actor: ADMIN })

async function figuresAt(system: string, publication: number) {
  const filter = { system, scope: ['*'] }
  const lines = await listLines(world.db, filter, publication, { limit: 100 })
  return {
    totals: await listPublishedTotals(world.db, filter, publication),
    lines: lines.map(({ sourceKey, debit, credit }) => `${sourceKey} ${debit} ${credit}`).sort(),
  }
}

/** Four lines, then a correction of one of them that also brings a fifth. */
async function corrected(name: string) {
  const job = jobNamed(name)
  const rows = ledgerRows(4)
  const first = await load(world.context, job, ledgerCsv(rows))
  const hashes = [await publishedHash(world.db, name)]
  const second = await load(world.context, job, ledgerCsv([{ ...rows[0]!, debit: '99.99' }, ...rows.slice(1), { id: 'L5' }]))
  hashes.push(await publishedHash(world.db, name))
  return { job, first, second, hashes }
}

test('what stood before a correction can still be read after it, and after its rollback', async () => {
  const { job, first, second, hashes } = await corrected('as-of')
  const [before, after] = [await figuresAt(job.job, first.publication!), await figuresAt(job.job, second.publication!)]
  expect(before.totals[0]).toMatchObject({ count: 4, debit: '99.19' })
  expect(after.totals[0]).toMatchObject({ count: 5, debit: '190.18' })
  expect(before.lines).toContain('L1 10.00 0')
  expect(after.lines).toContain('L1 99.99 0')

  const { publication } = await rollback(second.runId)
  expect(await publishedHash(world.db, job.job)).toBe(hashes[0])
  expect(await figuresAt(job.job, publication)).toEqual(before)
  expect(await figuresAt(job.job, second.publication!)).toEqual(after)
  expect(await figuresAt(job.job, first.publication!)).toEqual(before)
})

test('a preview says what a rollback would do, and does nothing', async () => {
  const { job, second, hashes } = await corrected('preview')
  expect(await previewRollback(world.context, second.runId)).toMatchObject({
    publication: second.publication,
    laterPublication: null,
    slices: [{ entity: 'NO01', ended: 2, restored: 1, debit: '-90.99' }],
  })
  expect(await publishedHash(world.db, job.job)).toBe(hashes[1])
})

test('a publication that later ones stand on is not withdrawn: the refusal names the later one and leaves nothing', async () => {
  const { first, second } = await corrected('built-on')
  const before = [await newestPublication(world.db), await newestRunId(world.db), await countAuditEvents(world.db)]
  await expect(rollback(first.runId)).rejects.toMatchObject({
    code: 'publication_superseded',
    detail: `publication ${second.publication}`,
  })
  expect([await newestPublication(world.db), await newestRunId(world.db), await countAuditEvents(world.db)]).toEqual(before)
})

test('the rollback of a rollback brings the correction back', async () => {
  const { job, first, second, hashes } = await corrected('twice')
  const back = await rollback(second.runId)
  const forth = await rollback(back.runId)
  expect(await publishedHash(world.db, job.job)).toBe(hashes[1])
  // Withdrawn and brought back by others: neither can be withdrawn again past them.
  await expect(rollback(second.runId)).rejects.toMatchObject({ detail: `publication ${back.publication}` })
  await expect(rollback(first.runId)).rejects.toMatchObject({ code: 'publication_superseded' })
  await rollback(forth.runId)
  expect(await publishedHash(world.db, job.job)).toBe(hashes[0])
})

test('control totals are of the run that stands: not of a withdrawn one, and of it again once its rollback is rolled back', async () => {
  const { job, first, second } = await corrected('stands')
  const shown = async (asOf?: number) => {
    const moment = { publication: asOf ?? 1_000_000, isPast: asOf !== undefined }
    const rows = await listCheckpoints(world.db, { system: job.job, scope: ['*'] }, 'records', moment)
    return rows.map(({ runId, withdrawn, withdrawnRunId, extracted }) => ({ runId, withdrawn, withdrawnRunId, extracted }))
  }
  const later = { runId: second.runId, withdrawn: false, withdrawnRunId: null, extracted: '5' }
  expect(await shown()).toEqual([later])
  const back = await rollback(second.runId)
  expect(await shown()).toEqual([{ runId: first.runId, withdrawn: false, withdrawnRunId: second.runId, extracted: '4' }])
  expect(await shown(second.publication!)).toEqual([later])
  await rollback(back.runId)
  expect(await shown()).toEqual([later])
  // Published while somebody reads what was the last publication: its figures are not there yet, so its run is not either.
  const reading = { publication: first.publication!, isPast: false }
  const [row] = await listCheckpoints(world.db, { system: job.job, scope: ['*'] }, 'records', reading)
  expect(row).toMatchObject({ runId: first.runId, loaded: '4' })
})

test('a withdrawn file can be loaded again', async () => {
  const { job, second, hashes } = await corrected('again')
  await rollback(second.runId)
  const rows = ledgerRows(4)
  const again = await load(world.context, job, ledgerCsv([{ ...rows[0]!, debit: '99.99' }, ...rows.slice(1), { id: 'L5' }]))
  expect(again).toMatchObject({ outcome: 'succeeded', lines: { new: 1, changed: 1, unchanged: 3 } })
  expect(await publishedHash(world.db, job.job)).toBe(hashes[1])
})

test('a load that is a segment of its own is withdrawn like any other', async () => {
  const job = jobNamed('segment')
  await load(world.context, job, ledgerCsv(ledgerRows(10)))
  const hash = await publishedHash(world.db, job.job)
  const many = ledgerRows(SEGMENT_LINES_MIN + 20, { account: '5000' })
  const large = await load(world.context, job, ledgerCsv(many))
  expect(large.lines).toMatchObject({ changed: 10, new: SEGMENT_LINES_MIN + 10 })
  await rollback(large.runId)
  expect(await publishedHash(world.db, job.job)).toBe(hash)
})

test('members that a publication brought or replaced go and come back with it', async () => {
  const members = memberJob('cost_centre')
  const job = { ...jobNamed('members'), rules: { members: ['cost_centre' as const] } }
  await load(world.context, members, memberCsv(['code', 'name', 'status'], [['CC1', 'Bakery', 'active']]))
  const closing = await load(
    world.context,
    members,
    memberCsv(
      ['code', 'name', 'status'],
      [
        ['CC1', 'Bakery', 'inactive'],
        ['CC2', 'Dairy', 'active'],
      ],
    ),
  )
  expect((await load(world.context, job, ledgerCsv(ledgerRows(2)))).exceptions).toMatchObject([{ code: 'member_inactive' }])
  await rollback(closing.runId)
  expect((await load(world.context, job, ledgerCsv(ledgerRows(2)))).outcome).toBe('succeeded')
  expect(
    (await load(world.context, job, ledgerCsv(ledgerRows(2, { cost_centre: 'CC2', prefix: 'X' })))).exceptions,
  ).toMatchObject([{ code: 'code_unmapped' }])
})

test('members that would come back are of their entities too: nobody brings back those of others, nor hears of whom', async () => {
  const members = {
    ...memberJob('cost_centre'),
    job: 'members-scoped',
    system: { code: 'scoped', name: 'Scoped', kind: 'erp' as const },
  }
  const { runId } = await load(world.context, members, memberCsv(['entity', 'code', 'name'], [['SE01', 'CC9', 'Bakery']]))
  const back = await rollback(runId)
  const preview = await previewRollback(world.context, back.runId)
  expect(preview).toMatchObject({ members: 0, membersRestored: 1, memberEntities: ['SE01'] })
  const north = { ...ADMIN, entityScope: ['NO01'] }
  expect(await readRollbackPreview(world.db, back.runId, north)).toMatchObject({
    isPartlyHidden: true,
    membersRestored: 0,
    memberEntities: [],
  })
  await expect(rollbackRun(world.context, { runId: back.runId, reason: 'wrong file', actor: north })).rejects.toMatchObject({
    code: 'outside_entity_scope',
  })
  await rollback(back.runId)
  const [run] = await world.owner`select summary->'members'->'new' as n from runs order by run_id desc limit 1`
  expect(run).toEqual({ n: 1 })
})

/** Two of four records wait for a cost centre that nobody knows; known by another name they pass when they are replayed. */
async function replayed(name: string) {
  const rows = ledgerRows(4).map((row, i) => (i < 2 ? { ...row, cost_centre: `CC-${name}` } : row))
  const job: JobInput = { ...jobNamed(name), rules: { members: ['cost_centre'] }, onFailure: 'quarantine' }
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
  await load(world.context, job, ledgerCsv(rows))
  const waiting = await openOf(name)
  const mended: JobInput = { ...job, mapping: { ...job.mapping, codes: { cost_centre: { [`CC-${name}`]: 'CC1' } } } }
  return { name, job: mended, rows, waiting }
}
const openOf = async (job: string) =>
  (await listExceptions(world.db, { job, scope: ['*'] })).map(({ exceptionId, code, subject, occurrences, amounts }) => ({
    exceptionId,
    code,
    value: subject.value,
    occurrences,
    amounts,
  }))

test('what a withdrawn run had let pass waits again under its exception, and is done with once the rollback is rolled back', async () => {
  const { name, job, rows, waiting } = await replayed('waits-again')
  expect(waiting).toMatchObject([{ code: 'code_unmapped', occurrences: 2 }])
  const fixed = await load(world.context, job, ledgerCsv(rows))
  expect(await openOf(name)).toEqual([])
  expect(await previewRollback(world.context, fixed.runId)).toMatchObject({ waitingAgain: { records: 2, exceptions: 1 } })
  const first = await rollback(fixed.runId)
  expect(await openOf(name)).toEqual(waiting)
  const told = await world.owner`select before->'closedByRunId' as proof from audit_events
    where action = 'exception.proof_withdrawn' and object_id = ${String(waiting[0]!.exceptionId)}`
  expect(told).toEqual([{ proof: fixed.runId }])
  const second = await rollback(first.runId)
  expect(await openOf(name)).toEqual([])
  await rollback(second.runId)
  expect(await openOf(name)).toEqual(waiting)
})

test('of a part the rollback that is rolled back is done with the records of the part, and no others of its file', async () => {
  const rows = ledgerRows(6).map((row, i) => (i % 2 === 0 && i < 4 ? { ...row, cost_centre: `CC-part-${i}` } : row))
  const job: JobInput = { ...jobNamed('part'), rules: { members: ['cost_centre'] }, onFailure: 'quarantine' }
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
  await load(world.context, job, ledgerCsv(rows))
  const waiting = await openOf('part')
  const [x, y] = ['CC-part-0', 'CC-part-2'].map((value) => waiting.find((cause) => cause.value === value)!)
  await importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: { 'CC-part-0': 'CC1' } } } })
  const bulkReplayId = await replayAll(world.context, { asked: { exceptions: [x!.exceptionId] } })
  const [part] = await world.owner<[{ run_id: number }]>`
    select run_id from runs where bulk_replay_id = ${bulkReplayId} and not is_preview and is_partial`
  expect(await openOf('part')).toEqual([y])
  const first = await rollback(part.run_id)
  expect(await openOf('part')).toEqual(waiting)
  const second = await rollback(first.runId)
  expect(await openOf('part'), 'nobody judged the other').toEqual([y])
  await rollback(second.runId)
  expect(await openOf('part')).toEqual(waiting)
})

test('a record that the withdrawn run had rejected itself waits once, and under its newest verdict', async () => {
  const { name, job, rows } = await replayed('rejected-again')
  const half = rows.map((row, i) => (i === 1 ? { ...row, cost_centre: 'CC-other' } : row))
  const second = await load(world.context, job, ledgerCsv(half))
  expect((await openOf(name)).map(({ occurrences }) => occurrences)).toEqual([1])
  await rollback(second.runId)
  expect((await openOf(name)).map(({ occurrences }) => occurrences)).toEqual([1, 1])
})

test('where the cause came again meanwhile, what waits again is counted there', async () => {
  const { name, job, rows } = await replayed('came-again')
  const fixed = await load(world.context, job, ledgerCsv(rows))
  const unmended: JobInput = { ...job, mapping: { ...job.mapping, codes: {} } }
  await load(world.context, unmended, ledgerCsv([{ ...rows[0]!, id: 'L9' }]))
  expect((await openOf(name)).map(({ occurrences }) => occurrences)).toEqual([1])
  await rollback(fixed.runId)
  expect((await openOf(name)).map(({ occurrences }) => occurrences)).toEqual([3])
})

test('a record that a later run rejected since waits once, as that one found it', async () => {
  const { name, job, rows } = await replayed('rejected-since')
  const fixed = await load(world.context, job, ledgerCsv(rows))
  const unmended: JobInput = { ...job, mapping: { ...job.mapping, codes: {} } }
  const later = await load(world.context, unmended, ledgerCsv([{ ...rows[0]!, debit: '9' }]))
  expect((await openOf(name)).map(({ occurrences }) => occurrences)).toEqual([1])
  expect(await previewRollback(world.context, fixed.runId)).toMatchObject({ waitingAgain: { records: 1 } })
  await rollback(fixed.runId)
  expect(
    (await openOf(name)).map(({ occurrences }) => occurrences),
    'the other one, and this one once',
  ).toEqual([2])
  const waiting = await world.owner`select r.run_id from rejections r join rejected_records x using (rejected_id)
    where x.source_key = ${rows[0]!.id} and r.replaced_by_run_id is null and r.exception_id = ${(await openOf(name))[0]!.exceptionId}`
  expect(waiting).toEqual([{ run_id: later.runId }])
})

test('a run that published nothing has nothing to withdraw', async () => {
  const job = jobNamed('nothing')
  await load(world.context, job, ledgerCsv([{ id: '1' }]))
  const again = await load(world.context, job, ledgerCsv([{ id: '1' }]))
  await expect(rollback(again.runId)).rejects.toMatchObject({ code: 'run_not_published' })
  await expect(rollback(999_999)).rejects.toMatchObject({ code: 'run_not_found' })
})

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})
