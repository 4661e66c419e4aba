import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import type { LineField } from '#server/domain/job.ts'
import { ADMIN, importJob, load, type JobInput } from '#db/testing/load.ts'
import { carryOn, rehearse, resultsOf } from '#db/testing/replays.ts'
import { readCorrectionCase } from '../corrections/correction-case.ts'
import { decideCorrection } from '../corrections/decide-correction.ts'
import { proposeCorrection } from '../corrections/propose-correction.ts'
import { verify } from '../verify.ts'
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
const CORRECTABLE = ['cost_centre', 'entity', 'period', 'currency', 'debit', 'credit'] as const satisfies readonly LineField[]
/** Two texts for each field; the one that the record does not say already is taken. */
const TEXTS: Readonly<Record<(typeof CORRECTABLE)[number], readonly [string, string]>> = {
  cost_centre: ['CC2', 'X'],
  entity: ['SE07', 'NO01'],
  period: ['2026-03', '2026-02'],
  currency: ['NOK', 'SEK'],
  debit: ['1.01', '1.02'],
  credit: ['1.01', '1.02'],
}

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
/** Of the nth rejected record: what a field is read as. */
const anyCorrection = fc.record({ nth: fc.nat(9), field: fc.constantFrom(...CORRECTABLE), second: fc.boolean() })
type AnyCorrection = typeof anyCorrection extends fc.Arbitrary<infer T> ? T : never
/** What is put right between the loads and the rehearsal: codes, the balance rule, the policy of the job, texts of single records. */
const anyFix = fc.record({
  codes: fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z'), { maxLength: 3 }),
  balanced: fc.boolean(),
  onFailure: fc.constantFrom('hold' as const, 'quarantine' as const),
  tightened: fc.boolean(),
  corrections: fc.array(anyCorrection, { maxLength: 4 }),
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
      correctable: [...CORRECTABLE],
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
    for (const one of fix.corrections) await correct(name, one)
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
  expect((await verify(world.context)).checks.flatMap(({ differences }) => differences)).toEqual([])
  const [made] = await world.owner`select count(*)::int as corrected from corrected_records`
  expect(made!.corrected).toBeGreaterThan(0)
}, 120_000)

/** A correction that cannot be made is none: of a record that was sent in two ways, or made already. */
async function correct(job: string, { nth, field, second }: AnyCorrection): Promise<void> {
  const [record] = await world.owner<{ id: string }[]>`
    select r.rejected_id as id from rejected_records r join runs n on n.run_id = r.run_id
    where n.job_id = (select job_id from jobs where name = ${job}) and not n.is_preview order by 1 offset ${nth} limit 1`
  if (!record) return
  const rejectedId = Number(record.id)
  const found = (await readCorrectionCase(world.db, rejectedId, ['*'])).fields.find((one) => one.field === field)?.found
  if (found === undefined) return
  const corrected = TEXTS[field].filter((text) => text !== found)[Number(second)] ?? TEXTS[field][0]
  const made = await proposeCorrection(world.context, { rejectedId, field, found, corrected, reason, actor: ADMIN }).catch(
    refused,
  )
  if (made?.state === 'proposed')
    await decideCorrection(world.context, {
      ...made,
      revision: 0,
      decision: 'approved',
      actor: { ...ADMIN, name: 'test:second' },
    })
}
const reason = 'for a test'

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

function refused(error: unknown): null {
  if (error instanceof Error && 'code' in error && ['correction_refused', 'input_invalid'].includes(String(error.code)))
    return null
  throw error
}

function nothing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'nothing_to_replay') return null
  throw error
}
