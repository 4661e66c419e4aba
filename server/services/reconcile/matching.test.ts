import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { listMatchActs, listMatches } from '#db/queries/matches.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { importDefinitions } from '../import-definitions.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { explainBreak } from './explain.ts'
import { joinLines, joinParts, partLines, undoMatchAct } from './match-lines.ts'

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
const asked = async () => {
  const { reconciliation_id, comparison_id } = await one()
  return { reconciliationId: reconciliation_id, comparisonId: comparison_id, actor: fiona }
}

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

test('a line is joined once, however many people press at the same time', async () => {
  const stands = await asked()
  const suggestion = (await matches()).find(({ state }) => state === 'suggested')!
  const both = await Promise.allSettled([
    joinLines(world.context, { ...stands, matches: [suggestion.match] }),
    joinLines(world.context, { ...stands, matches: [suggestion.match], actor: { ...fiona, name: 'finn' } }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect((await shown()).filter(([state]) => state === 'joined')).toEqual([['joined', '', 'b4 l4']])
  expect(await listMatchActs(world.db, stands.reconciliationId)).toHaveLength(1)
})

test('what was seen in an earlier comparison is not done to what has its number now', async () => {
  const seen = await asked()
  const [set] = await matches()
  await load(world.context, BANK, ledgerCsv([bank('b5', '12.00', '2026-03-25'), bank('b6', '12.00', '2026-03-25')]))
  await load(world.context, LEDGER, ledgerCsv([booked('l5', '12.00', '2026-03-25')]))
  await compareWhatMoved(world.context)
  const meanwhile = 'compared again meanwhile'
  await expect(joinLines(world.context, { ...seen, matches: [set!.match] })).rejects.toThrow(meanwhile)
  await expect(partLines(world.context, { ...seen, match: set!.match })).rejects.toThrow(meanwhile)
  const explained = { ...seen, part: 1, type: 'timing' as const, amount: '1.00', text: 'of something else' }
  await expect(explainBreak(world.context, explained)).rejects.toThrow(meanwhile)
})

test('a person joins what no rule put together; it is not done across currencies, nor with one side alone', async () => {
  await load(
    world.context,
    BANK,
    ledgerCsv([bank('b7', '90.00', '2026-03-01'), { ...bank('b8', '60.00', '2026-03-01'), currency: 'EUR' }]),
  )
  await load(world.context, LEDGER, ledgerCsv([booked('l7a', '60.00', '2026-03-27'), booked('l7b', '30.00', '2026-03-29')]))
  await compareWhatMoved(world.context)
  const stands = await asked()
  const rows = await world.db.execute<{ part: number; key: string }>(
    sql`select part, key from comparison_parts where comparison_id = ${stands.comparisonId}`,
  )
  const parts = (...keys: string[]) => keys.map((key) => rows.find((row) => row.key === key)!.part)
  const join = (...keys: string[]) => joinParts(world.context, { ...stands, parts: parts(...keys) })
  await expect(join('b8', 'l7a')).rejects.toThrow('one currency')
  await expect(join('l7a', 'l7b')).rejects.toThrow('both sides')
  await join('b7', 'l7a', 'l7b')
  expect(await shown()).toContainEqual(['joined', '', 'b7 l7a l7b'])
  await expect(join('b7', 'l7a', 'l7b')).rejects.toThrow('compared again meanwhile')
})
