import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { reopen } from '#db/testing/reopen.ts'
import { carryOn, rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import type { Actor } from '#server/domain/actor.ts'
import { approveBulkReplay } from './bulk-replay/approve-bulk-replay.ts'
import { startBulkReplay } from './bulk-replay/start-bulk-replay.ts'
import { setPeriodState } from './set-period-state.ts'
import { verify } from './verify.ts'

const world = useDatabase()
const SECOND: Actor = { name: 'carla', role: 'controller', entityScope: ['*'] }

beforeAll(async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
})

const governed = (job: string, overrides: Partial<JobInput> = {}): JobInput =>
  ledgerJob({
    job,
    system: { code: job, name: job, kind: 'erp' },
    rules: { members: ['cost_centre'], balanced: true },
    extract: 'full',
    onFailure: 'quarantine',
    ...overrides,
  })
const mend = (job: JobInput) =>
  importJob(world.context, { ...job, mapping: { ...job.mapping, codes: { cost_centre: { X: 'CC1' } } } })

const debit = (id: string, document: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  document,
  debit: '100.00',
  ...more,
})
const credit = (id: string, document: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  document,
  credit: '100.00',
  ...more,
})
const document = (name: string, more: Partial<LedgerRow> = {}) => [debit(`${name}1`, name, more), credit(`${name}2`, name, more)]

/** Current keys, and the current total of the slices in words. */
async function standing(job: JobInput): Promise<{ keys: string[]; debit: string; credit: string }> {
  const of = world.owner`(select system_id from systems where code = ${job.system.code})`
  const lines = await world.owner<{ key: string }[]>`
    select source_key as key from lines where system_id = ${of} and superseded_at_pub is null order by 1`
  const [total] = await world.owner<[{ debit: string; credit: string }]>`
    select sum(debit)::text as debit, sum(credit)::text as credit from slice_totals where system_id = ${of} and superseded_at_pub is null`
  return { keys: lines.map(({ key }) => key), ...total }
}
const movedBy = async (bulkReplayId: number) => [
  ...(await world.owner`
    select sum(count)::int as count, sum(debit)::numeric(9, 2)::text as debit, sum(credit)::numeric(9, 2)::text as credit from rehearsed_totals where bulk_replay_id = ${bulkReplayId}`),
]

test.each<[string, LedgerRow[]]>([
  ['comes without its credit', [debit('D1', 'D')]],
  ['lost a record to another rule', [debit('D1', 'D'), credit('D4', 'D', { cost_centre: 'X' })]],
])('a document that %s and is kept out stands whole: none of its lines is withdrawn as missing', async (what, sent) => {
  const job = governed(`stands-${sent.length}`)
  await load(world.context, job, ledgerCsv([...document('A'), ...document('D'), ...document('G')]), 'first.csv')
  const report = await load(world.context, job, ledgerCsv([...document('A'), ...document('B'), ...sent]), 'second.csv')
  expect(report, what).toMatchObject({ outcome: 'succeeded', lines: { new: 2, rejected: sent.length } })
  expect(await standing(job)).toEqual({ keys: ['A1', 'A2', 'B1', 'B2', 'D1', 'D2'], debit: '300.00', credit: '300.00' })
})

test('without the rule that a document balances its lines are judged one by one, and withdrawn one by one', async () => {
  const job = governed('line-by-line', { rules: { members: ['cost_centre'] } })
  await load(world.context, job, ledgerCsv([...document('A'), ...document('D')]), 'first.csv')
  await load(world.context, job, ledgerCsv([...document('A'), debit('D1', 'D', { cost_centre: 'X' }), credit('D4', 'D')]))
  expect((await standing(job)).keys).toEqual(['A1', 'A2', 'D1', 'D4'])
})

test('replayed, a document takes the place of the one that stood for it, as its rehearsal said; what still waits goes on standing', async () => {
  const job = governed('replayed')
  const sent = (name: string, code: string) => [debit(`${name}1`, name), credit(`${name}4`, name, { cost_centre: code })]
  await load(world.context, job, ledgerCsv([...document('A'), ...document('D'), ...document('E')]), 'first.csv')
  await load(world.context, job, ledgerCsv([...document('A'), ...document('B'), ...sent('D', 'X'), ...sent('E', 'Y')]))
  expect((await standing(job)).keys).toEqual(['A1', 'A2', 'B1', 'B2', 'D1', 'D2', 'E1', 'E2'])
  await mend(job)
  const cause = (await listExceptions(world.db, { job: job.job, scope: ['*'] })).find(({ title }) => title.includes('X'))!
  const id = await replayAll(world.context, { asked: { exceptions: [cause.exceptionId] } })
  expect((await resultsOf(world.context, id)).map(({ sourceKey, result }) => `${sourceKey} ${result}`)).toEqual([
    'D1 fixed',
    'D4 fixed',
  ])
  const after = { keys: ['A1', 'A2', 'B1', 'B2', 'D1', 'D4', 'E1', 'E2'], debit: '400.00', credit: '400.00' }
  expect(await standing(job)).toEqual(after)
  expect(await movedBy(id)).toEqual([{ count: 0, debit: '0.00', credit: '0.00' }])
})

test('of a document judged line by line a replay withdraws nothing that came and passed', async () => {
  const job = governed('passed-before', { rules: { members: ['cost_centre'] } })
  await load(world.context, job, ledgerCsv([...document('A'), ...document('D')]), 'first.csv')
  const waiting = document('W', { document: 'D', cost_centre: 'X' })
  await load(world.context, job, ledgerCsv([...document('A'), ...document('D'), ...document('N', { document: 'D' }), ...waiting]))
  await mend({ ...job, rules: { ...job.rules, balanced: true } })
  await replayAll(world.context, { asked: { job: job.job } })
  expect((await standing(job)).keys).toEqual(['A1', 'A2', 'D1', 'D2', 'N1', 'N2', 'W1', 'W2'])
})

test.each([
  ['hold', 'override', 'DK07'],
  ['quarantine', 'override', 'DK08'],
  ['quarantine', 'reopening', 'DK09'],
] as const)(
  'into a closed period that two people opened a replay withdraws as well: a renumbered line is not doubled (%s, %s)',
  async (onFailure, by, entity) => {
    const job = governed(`closed-${onFailure}-${by}`, { onFailure, rules: { members: ['cost_centre'] } })
    const open = document('A', { entity, period: '2026-04' })
    await load(
      world.context,
      job,
      ledgerCsv([
        ...open,
        debit('K1', 'K', { entity }),
        debit('L1', 'L', { entity }),
        debit('M1', '', { entity, currency: 'SEK' }),
      ]),
      'first.csv',
    )
    const close = (period: string) =>
      setPeriodState(world.context, { entity, period, state: 'closed', reason: 'for a test', actor: ADMIN })
    await close('2026-03')
    const sent = [
      ...open,
      ...document('B', { entity, period: '2026-04' }),
      debit('K2', 'K2', { entity }),
      debit('L1', 'L', { entity }),
      // Waits for a cost centre, in a currency that nobody asks for.
      debit('M1', '', { entity, currency: 'SEK', ...(onFailure === 'quarantine' && { cost_centre: 'X' }) }),
    ]
    await load(world.context, job, ledgerCsv(sent), 'second.csv')
    const keys = onFailure === 'hold' ? ['A1', 'A2', 'K1', 'L1', 'M1'] : ['A1', 'A2', 'B1', 'B2', 'K1', 'L1', 'M1']
    expect((await standing(job)).keys, 'a closed period stays as it is').toEqual(keys)

    const before = await standing(job)
    if (by === 'reopening') await reopen(world.context, entity, '2026-03')
    const id = await rehearse(world.context, { asked: { job: job.job, currency: 'NOK' }, intoClosed: by === 'override' })
    await startBulkReplay(world.context, { bulkReplayId: id, reason: 'for a test', actor: ADMIN })
    if (by === 'override')
      await approveBulkReplay(world.context, { bulkReplayId: id, isApproved: true, reason: 'agreed', actor: SECOND })
    await carryOn(world.context, id)
    const after = await standing(job)
    expect(after.keys).toEqual(['A1', 'A2', 'B1', 'B2', 'K2', 'L1', 'M1'])
    const [moved] = await movedBy(id)
    const lines = after.keys.length - before.keys.length
    expect(moved).toMatchObject({ count: lines, debit: lines === 0 ? '0.00' : '100.00' })
  },
)

const NAMES = ['D', 'E', 'F', 'G']
/** Some lines of some documents; they balance or not, lie in one period or two, and may wait for a cost centre. */
const anyFile = (codes: readonly string[]) =>
  fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom(...NAMES),
        n: fc.integer({ min: 1, max: 4 }),
        isFar: fc.nat(4),
        code: fc.constantFrom(...codes),
      }),
      { selector: ({ name, n }) => `${name}${n}`, maxLength: 12 },
    )
    .map((lines) =>
      lines.map(({ name, n, isFar, code }) =>
        (n % 2 === 1 ? debit : credit)(`${name}${n}`, name, { cost_centre: code, ...(isFar === 0 && { period: '2026-04' }) }),
      ),
    )

test('after any two extracts and a replay each document is whole: as it came last, or as it stood', async () => {
  let cases = 0
  const property = fc.asyncProperty(anyFile(['CC1']), anyFile(['CC1', 'CC1', 'X', 'Y']), async (first, second) => {
    const job = governed(`any-${++cases}`)
    // Something of each slice passes each time, and each time something is published.
    const around = (name: string) => [...document(name), ...document(`${name}-far`, { period: '2026-04' })]
    const stood = new Map<string, string[]>()
    const judge = (rows: readonly LedgerRow[], waitsFor: readonly string[]) => {
      for (const name of NAMES) {
        const sent = rows.filter((row) => row.document === name)
        const isWhole = sent.filter((row) => row.debit).length * 2 === sent.length
        if (isWhole && !sent.some((row) => waitsFor.includes(row.cost_centre!)))
          stood.set(name, sent.map(({ id, period = '' }) => `${id} ${period || '2026-03'}`).sort())
      }
    }
    const documents = async () => {
      const lines = await world.owner<{ document: string; line: string }[]>`
        select document, source_key || ' ' || period as line from lines where system_id = (select system_id from systems where code = ${job.system.code})
        and superseded_at_pub is null order by source_key`
      return NAMES.map((name) => [name, lines.filter((line) => line.document === name).map(({ line }) => line)])
    }
    const expected = () => NAMES.map((name) => [name, stood.get(name) ?? []])
    await load(world.context, job, ledgerCsv([...around('A'), ...first]), 'first.csv')
    judge(first, [])
    expect(await documents()).toEqual(expected())
    await load(world.context, job, ledgerCsv([...around('B'), ...second]), 'second.csv')
    judge(second, ['X', 'Y'])
    expect(await documents()).toEqual(expected())
    await mend(job)
    const id = await replayAll(world.context, { asked: { job: job.job } }).catch(nothing)
    if (id === null) return
    judge(second, ['Y'])
    expect(await documents()).toEqual(expected())
  })
  await fc.assert(property, { numRuns: 8, interruptAfterTimeLimit: 45_000 })
}, 120_000)

test('after all that the books are sound', async () => {
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])
})

function nothing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'nothing_to_replay') return null
  throw error
}
