import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { approveDefinitions } from '#db/testing/people.ts'
import { importDefinitions } from '../import-definitions.ts'
import { verify } from '../verify.ts'
import { compareWhatMoved } from './compare-what-moved.ts'

/** What ties is certified by the rule of its definition, superseded like any other, and never where people signed before. */
const world = useDatabase()

const BILLING = ledgerJob({ job: 'billing', system: { code: 'billing', name: 'Billing', kind: 'billing' } })
const LEDGER = ledgerJob()
const DEFINITION = {
  kind: 'reconciliation',
  reconciliation: 'billing-to-ledger',
  title: 'Billing and ledger',
  sides: [
    { name: 'Billing', system: 'billing' },
    { name: 'Ledger', system: 'erp' },
  ],
  key: ['document'],
  certification: { automaticUpTo: { NOK: '1000.00' }, sample: 0 },
}
const row = (document: string, credit: string) => ({ id: document, document, debit: '', credit })

type One = { state: string; certification_id: number | null }
const one = async () => (await world.db.execute<One>(sql`select state, certification_id from reconciliations`))[0]!
const signed = async () =>
  (await world.db.execute<{ signed_by: string }>(sql`select signed_by from sign_offs order by sign_off_id`)).map(
    (s) => s.signed_by,
  )

test('what ties is certified by its rule, with a seal that says so', async () => {
  await importDefinitions(world.context, { yaml: JSON.stringify(DEFINITION), actor: ADMIN })
  await approveDefinitions(world)
  await load(world.context, BILLING, ledgerCsv([row('A', '10.00')]))
  await load(world.context, LEDGER, ledgerCsv([row('A', '10.00')]))
  await compareWhatMoved(world.context)
  expect(await one()).toMatchObject({ state: 'certified' })
  expect(await signed()).toEqual(['service:rule'])
  const [certification] = await world.db.execute<{ seal: string; is_automatic: boolean }>(
    sql`select seal, is_automatic from certifications`,
  )
  expect(certification!.is_automatic).toBe(true)
  expect(JSON.parse(certification!.seal)).toMatchObject({ signOffs: [{ act: 'certified', signedBy: 'service:rule' }], parts: [] })
  const [event] = await world.db.execute(sql`select 1 from audit_events where action = 'reconciliation.certified_by_rule'`)
  expect(event).toBeDefined()
})

test('what moves supersedes it; what differs is left to people; what ties again is certified again', async () => {
  await load(world.context, LEDGER, ledgerCsv([row('B', '5.00')]))
  await compareWhatMoved(world.context)
  expect((await one()).state).toBe('breaks')
  await load(world.context, BILLING, ledgerCsv([row('B', '5.00')]))
  await compareWhatMoved(world.context)
  expect((await one()).state).toBe('certified')
  expect(await signed()).toEqual(['service:rule', 'service:rule'])
})

test('above the limit it is left to people', async () => {
  await load(world.context, BILLING, ledgerCsv([row('C', '985.01')]))
  await load(world.context, LEDGER, ledgerCsv([row('C', '985.01')]))
  await compareWhatMoved(world.context)
  expect((await one()).state).toBe('ready')
  expect((await verify(world.context)).checks.flatMap((check) => check.differences)).toEqual([])
})
