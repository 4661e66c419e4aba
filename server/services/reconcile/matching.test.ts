import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { listMatchActs, listMatches } from '#db/queries/matches.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '../import-definitions.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { joinLines, partLines, undoMatchAct } from './match-lines.ts'

/** A bank and a ledger that call nothing the same: lines are found by amount, day and the names in their texts. */
const world = useDatabase()
const fiona: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }

const BANK = ledgerJob({ job: 'bank', system: { code: 'bank', name: 'Bank', kind: 'bank' } })
const LEDGER = ledgerJob()
const DEFINITION = {
  kind: 'reconciliation',
  reconciliation: 'bank-to-ledger',
  title: 'Bank and ledger',
  sides: [
    { name: 'Bank', system: 'bank' },
    { name: 'Ledger', system: 'erp' },
  ],
  key: ['source_key'],
  reference: 'description',
  rules: [
    { name: 'named', named: true, cardinality: '1:1', days: 10 },
    { name: 'same amount within three days', days: 3 },
    { name: 'perhaps', days: 3, tolerance: { absolute: { NOK: '0.50' } }, confirm: true },
  ],
}
const bank = (id: string, debit: string, on: string, text = ''): LedgerRow => ({
  id,
  debit,
  credit: '',
  posted_on: on,
  text,
  document: id,
})
const booked = (id: string, debit: string, on: string, text = ''): LedgerRow => ({
  id,
  debit,
  credit: '',
  posted_on: on,
  text,
  document: id,
})

type One = { reconciliation_id: number; comparison_id: number; state: string }
const one = async () => (await world.db.execute<One>(sql`select * from reconciliations`))[0]!
const matches = async () => listMatches(world.db, (await one()).comparison_id, 100)
const shown = async () =>
  (await matches()).map(({ state, rule, lines }) => [
    state,
    rule,
    lines
      .map(({ source_key }) => source_key)
      .sort()
      .join(' '),
  ])
const asked = async () => ({ reconciliationId: (await one()).reconciliation_id, actor: fiona })

beforeAll(async () => {
  await importDefinitions(world.context, { yaml: JSON.stringify(DEFINITION), actor: ADMIN })
  await load(
    world.context,
    BANK,
    ledgerCsv([
      bank('b1', '100.00', '2026-03-10', 'payment INV-4711 with thanks'),
      bank('b2', '250.00', '2026-03-11'),
      bank('b3', '75.00', '2026-03-12'),
      bank('b4', '30.00', '2026-03-20'),
    ]),
  )
  await load(
    world.context,
    LEDGER,
    ledgerCsv([
      booked('l1', '100.00', '2026-03-18', 'INV-4711'),
      booked('l2', '250.00', '2026-03-12'),
      booked('l3a', '75.00', '2026-03-12'),
      booked('l3b', '75.00', '2026-03-12'),
      booked('l4', '30.40', '2026-03-20'),
    ]),
  )
  await compareWhatMoved(world.context)
})

test('rules match in order, equal candidates are a set for a person, and what a person must confirm is not taken for granted', async () => {
  expect(await shown()).toEqual([
    ['ambiguous', 'same amount within three days', 'b3 l3a l3b'],
    ['suggested', 'perhaps', 'b4 l4'],
    ['matched', 'named', 'b1 l1'],
    ['matched', 'same amount within three days', 'b2 l2'],
  ])
  const parts = await world.db.execute<{ bucket: string; amount: string; key: string }>(
    sql`select bucket, amount::text, key from comparison_parts where comparison_id = ${(await one()).comparison_id} order by key`,
  )
  expect(parts.map(({ bucket, key, amount }) => [bucket, key, amount])).toEqual([
    ['unexplained', 'b3', '-75.00'],
    ['unexplained', 'b4', '-30.00'],
    ['unexplained', 'l3a', '75.00'],
    ['unexplained', 'l3b', '75.00'],
    ['unexplained', 'l4', '30.40'],
  ])
})

test('a person joins one of the set and confirms a suggestion; it is compared again at once', async () => {
  const [set, suggestion] = await matches()
  const line = (key: string) => set!.lines.find(({ source_key }) => source_key === key)!.line_id
  await expect(
    joinLines(world.context, { ...(await asked()), matches: [set!.match], lines: [line('l3a'), line('l3b')] }),
  ).rejects.toThrow('choose lines of both sides')
  await expect(joinLines(world.context, { ...(await asked()), matches: [set!.match], lines: [line('b3'), 1] })).rejects.toThrow(
    'not among those',
  )
  await joinLines(world.context, { ...(await asked()), matches: [suggestion!.match] })
  const [again] = await matches()
  await joinLines(world.context, { ...(await asked()), matches: [again!.match], lines: [line('b3'), line('l3b')] })
  expect(await shown()).toEqual([
    ['joined', '', 'b3 l3b'],
    ['joined', '', 'b4 l4'],
    ['matched', 'named', 'b1 l1'],
    ['matched', 'same amount within three days', 'b2 l2'],
  ])
  const parts = await world.db.execute<{ bucket: string; amount: string }>(
    sql`select bucket, amount::text from comparison_parts where comparison_id = ${(await one()).comparison_id} order by amount`,
  )
  // What a person joined may differ; that is still to be explained.
  expect(parts.map(({ bucket, amount }) => [bucket, amount])).toEqual([
    ['unexplained', '0.40'],
    ['unexplained', '75.00'],
  ])
})

test('what a rule put together can be parted, and each act is taken back as a whole', async () => {
  const match = (await matches()).find(({ rule }) => rule === 'named')!
  await partLines(world.context, { ...(await asked()), match: match.match })
  expect((await shown()).map(([, , lines]) => lines)).not.toContain('b1 l1')
  for (const { actId } of await listMatchActs(world.db, (await one()).reconciliation_id))
    await undoMatchAct(world.context, { ...(await asked()), actId })
  expect((await shown()).map(([state]) => state)).toEqual(['ambiguous', 'suggested', 'matched', 'matched'])
})
