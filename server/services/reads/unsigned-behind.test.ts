import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { reconciledWorld } from '#db/testing/reconciled.ts'
import { readException, readExceptions } from './exceptions-view.ts'

const world = useDatabase()
const { define, bill, compare } = reconciledWorld(world)

const LEDGER = ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } })
const invoice = (id: string, credit: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  document: id,
  debit: '',
  credit,
  ...more,
})
const desk = (...scope: string[]) => readExceptions(world.db, { group: 'business', order: 'release', scope }, new Date())

test('which reconciliations wait to be signed with records of a cause in their difference, and how many the first causes clear', async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  await define()
  await bill([
    invoice('A', '95.00'),
    invoice('B', '5.00'),
    invoice('C', '50.00', { entity: 'SE01', currency: 'SEK' }),
    invoice('D', '1.00'),
  ])
  const booked = [
    invoice('A', '95.00', { cost_centre: 'X1' }),
    invoice('B', '5.00', { cost_centre: 'X2' }),
    invoice('C', '50.00', { entity: 'SE01', currency: 'SEK', cost_centre: 'X1' }),
    invoice('D', '1.00'),
  ]
  await load(world.context, LEDGER, ledgerCsv(booked))
  await compare()

  const { rows, focus } = await desk('*')
  const [first] = rows.filter(({ title }) => title.includes('X1'))
  // Norway waits for X2 as well, which releases too little to be among the first.
  expect(focus).toMatchObject({ count: 1, of: 2, unsigned: 1, ofUnsigned: 2 })
  expect((await desk('SE01')).focus, 'of other entities nothing is counted').toMatchObject({ unsigned: 1, ofUnsigned: 1 })
  const asked = { exceptionId: first!.exceptionId, scope: ['*'] }
  expect((await readException(world.db, asked, new Date())).unsigned).toMatchObject([
    { title: 'Invoices of billing in the ledger, NO01 2026-03', needs: [expect.any(Number), expect.any(Number)] },
    { title: 'Invoices of billing in the ledger, SE01 2026-03', needs: [first!.exceptionId] },
  ])

  await load(world.context, LEDGER, ledgerCsv(booked.map((row) => ({ ...row, cost_centre: 'CC1' }))))
  expect((await readException(world.db, asked, new Date())).unsigned, 'fixed, and not compared again yet').toEqual([])
})
