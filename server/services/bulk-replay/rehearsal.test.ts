import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { carryOn, rehearse, resultsOf } from '#db/testing/replays.ts'
import { startBulkReplay } from './start-bulk-replay.ts'

const world = useDatabase()
beforeAll(async () => {
  await load(
    world.context,
    memberJob('cost_centre'),
    memberCsv(
      ['code', 'name'],
      [
        ['CC1', 'Bakery'],
        ['CC2', 'Dairy'],
      ],
    ),
  )
})

const CODES = ['CC1', 'X', 'Y', 'Z'] as const
const PERIODS = ['2026-02', '2026-03'] as const

/** One line of a document; two lines of a document do not always balance. */
const anyLine = fc.record({
  key: fc.integer({ min: 1, max: 12 }),
  document: fc.integer({ min: 1, max: 4 }),
  code: fc.constantFrom(...CODES),
  period: fc.constantFrom(...PERIODS),
  entity: fc.constantFrom('NO01', 'SE07'),
  currency: fc.constantFrom('NOK', 'NOK', 'NOK', 'XXQ'),
  cents: fc.integer({ min: 100, max: 103 }),
  isCredit: fc.boolean(),
})
type AnyLine = typeof anyLine extends fc.Arbitrary<infer T> ? T : never
const anyFile = fc.array(anyLine, { minLength: 1, maxLength: 10 })
/** What is put right between the loads and the rehearsal: codes, the balance rule, the policy of the job, the currency of nobody. */
const anyFix = fc.record({
  codes: fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z'), { maxLength: 3 }),
  balanced: fc.boolean(),
  onFailure: fc.constantFrom('hold' as const, 'quarantine' as const),
  tightened: fc.boolean(),
})
const anyCase = fc.record({
  onFailure: fc.constantFrom('hold' as const, 'quarantine' as const),
  extract: fc.constantFrom('delta' as const, 'full' as const),
  balanced: fc.boolean(),
  files: fc.array(anyFile, { minLength: 1, maxLength: 3 }),
  fix: anyFix,
  rules: fc.constantFrom('current' as const, 'current' as const, 'original' as const),
  asked: fc.record({
    entity: fc.option(fc.constant('NO01'), { nil: undefined }),
    period: fc.option(fc.constantFrom(...PERIODS), { nil: undefined }),
  }),
})

const rowOf = ({ key, document, code, period, entity, currency, cents, isCredit }: AnyLine): LedgerRow => {
  const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
  const side = isCredit ? { debit: '', credit: amount } : { debit: amount, credit: '' }
  return { id: `K${key}`, document: `D${document}`, cost_centre: code, period, entity, currency, ...side }
}

let cases = 0

test('a rehearsal equals the real result line for line, and in its totals, after any fix', async () => {
  const property = fc.asyncProperty(anyCase, async ({ onFailure, extract, balanced, files, fix, rules, asked }) => {
    const name = `case-${++cases}`
    const job: JobInput = ledgerJob({
      job: name,
      system: { code: name, name, kind: 'erp' },
      rules: { members: ['cost_centre'], balanced },
      onFailure,
      extract,
    })
    for (const [n, file] of files.entries()) await load(world.context, job, ledgerCsv(file.map(rowOf)), `${n}.csv`)
    const codes = { ...Object.fromEntries(fix.codes.map((code) => [code, 'CC2'])), ...(fix.tightened && { CC1: 'NOBODY' }) }
    await importJob(world.context, {
      ...job,
      title: 'Mended',
      onFailure: fix.onFailure,
      rules: { ...job.rules, balanced: fix.balanced },
      mapping: { ...job.mapping, codes: { cost_centre: codes } },
    })
    const bulkReplayId = await rehearse(world.context, { asked: { job: name, ...asked }, rules }).catch(nothing)
    if (bulkReplayId === null) return
    const before = await totalsOf(name)
    const confirmed = await startBulkReplay(world.context, { bulkReplayId, reason: 'for a test', actor: ADMIN }).catch(nothing)
    if (confirmed === null) return
    await carryOn(world.context, bulkReplayId)
    const results = await resultsOf(world.context, bulkReplayId)
    for (const { rehearsed, rehearsedWhy, result, why, ...record } of results)
      expect({ ...record, result, why: plain(why) }).toEqual({ ...record, result: rehearsed, why: plain(rehearsedWhy) })
    const foretold = await world.owner<Total[]>`
      select entity, period, currency, sum(count)::int as count, sum(debit)::text as debit, sum(credit)::text as credit from rehearsed_totals
      where bulk_replay_id = ${bulkReplayId} group by 1, 2, 3`
    // Several held loads may bring the same record: each foretells it, and only the last one counts.
    if (files.length === 1) expect(added(before, foretold)).toEqual(added(await totalsOf(name), []))
  })
  await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 40_000 })
}, 120_000)

type Total = { entity: string; period: string; currency: string; count: number; debit: string; credit: string }

const totalsOf = (system: string) => world.owner<Total[]>`
  select entity, period, currency, sum(count)::int as count, sum(debit)::text as debit, sum(credit)::text as credit from slice_totals
  where system_id = (select system_id from systems where code = ${system}) and superseded_at_pub is null group by 1, 2, 3`

const cents = (amount: string) => Math.round(Number(amount) * 100)

/** Records, debit and credit in cents of each slice that holds any. */
function added(totals: readonly Total[], moved: readonly Total[]): Record<string, number[]> {
  const sums = new Map<string, number[]>()
  for (const { entity, period, currency, count, debit, credit } of [...totals, ...moved]) {
    const key = `${entity} ${period} ${currency}`
    const [n, d, c] = sums.get(key) ?? [0, 0, 0]
    sums.set(key, [n! + count, d! + cents(debit), c! + cents(credit)])
  }
  return Object.fromEntries([...sums].filter(([, [n]]) => n !== 0).sort())
}

/** Run numbers differ between a rehearsal and the real thing. */
const plain = (why: string | null) => why?.replace(/(load_held|not_found|run_failed) \d+/, '$1') ?? null

function nothing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'nothing_to_replay') return null
  throw error
}
