import { beforeAll, expect, test } from 'vitest'
import { Corrections } from '#db/testing/corrections.ts'
import { useDatabase } from '#db/testing/database.ts'
import { deliveryWorld, documentTarget } from '#db/testing/delivery.ts'
import { ledgerCsv } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { readCorrectionsForExport } from './corrections-view.ts'
import { readDeliveriesForExport } from './deliveries-view.ts'
import { readDimensionForExport } from './dimension-view.ts'
import { readExceptionsForExport } from './exceptions-view.ts'
import { readRatesForExport } from './rates-view.ts'
import { readReconciliationsForExport } from './reconciliations-view.ts'
import { readRunsForExport } from './run-list.ts'

const world = useDatabase()
const scope = ['*']
const now = new Date('2026-11-22T08:00:00Z')
const publication = 1_000
const RATES = {
  job: 'rates',
  title: 'Reference rates',
  owner: 'treasury',
  system: { code: 'ecb', name: 'European Central Bank', kind: 'file' },
  source: { type: 'file' },
  format: { type: 'ecb-rates' },
  objectType: 'fx_rate',
} as const

/** Something of everything that has a list. */
beforeAll(async () => {
  const corrections = new Corrections(world)
  await corrections.loadMembers()
  const job = corrections.newJob()
  const wrong = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }]))
  await corrections.propose({ runId: wrong.runId, key: '1', found: 'CC9', corrected: 'CC1' })
  const { jobTo, send } = deliveryWorld(world)
  await send(jobTo(documentTarget('http://127.0.0.1:9')), [{ id: '1' }])
  await load(world.context, RATES, 'Date,USD,GBP,\n2026-10-30,1.0871,0.85,\n')
  const { define, bill, book, compare } = reconciledWorld(world)
  await define()
  await bill([invoice(1, '100.00')])
  await book([invoice(1, '90.00')])
  await compare()
}, 60_000)

test.each<[string, (max?: number) => Promise<readonly unknown[]>]>([
  ['runs', (max) => readRunsForExport(world.db, { scope }, max)],
  ['exceptions', (max) => readExceptionsForExport(world.db, { group: 'business', scope }, now, max)],
  ['deliveries', (max) => readDeliveriesForExport(world.db, { scope }, max)],
  ['corrections', (max) => readCorrectionsForExport(world.db, { scope }, max)],
  ['reconciliations', (max) => readReconciliationsForExport(world.db, { scope }, now, max)],
  ['members', (max) => readDimensionForExport(world.db, { dimension: 'cost_centre', publication, scope }, now, max)],
  ['rates', (max) => readRatesForExport(world.db, { publication }, max)],
])('a file of %s holds all of them, or is refused', async (_what, read) => {
  const rows = await read()
  expect(rows.length).toBeGreaterThan(0)
  expect(await read(rows.length)).toHaveLength(rows.length)
  await expect(read(rows.length - 1)).rejects.toMatchObject({
    code: 'input_invalid',
    detail: expect.stringMatching(/more than \d+ rows, .* narrow the filters/),
  })
})
