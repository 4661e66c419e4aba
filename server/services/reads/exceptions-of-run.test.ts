import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { readExceptions, type ExceptionsRequest } from './exceptions-view.ts'

const world = useDatabase()
const JOB = ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } })
const line = (id: string, currency: string, debit: string, cost_centre = 'LOST') => ({ id, currency, debit, cost_centre })
const told = async (request: Partial<ExceptionsRequest>) => {
  const { rows } = await readExceptions(world.db, { group: 'business', state: 'all', scope: ['*'], ...request }, new Date())
  return rows.map(({ occurrences, amounts }) => [occurrences, ...amounts.map(({ currency, amount }) => `${currency} ${amount}`)])
}

test('what a run found stands, what waits goes: some of it judged again, then the last of it fixed', async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'One']]))
  const found = [line('a', 'NOK', '10'), line('b', 'NOK', '20'), line('c', 'EUR', '5'), line('d', 'NOK', '1', 'CC1')]
  const first = await load(world.context, JOB, ledgerCsv(found))
  expect(await told({ runId: first.runId })).toEqual([[3, 'EUR 5.00', 'NOK 30.00']])
  const second = await load(world.context, JOB, ledgerCsv([line('a', 'NOK', '10', 'CC1'), line('e', 'NOK', '7')]))
  expect(await told({})).toEqual([[3, 'EUR 5.00', 'NOK 27.00']])
  expect(await told({ runId: first.runId }), 'one of its records is fixed').toEqual([[3, 'EUR 5.00', 'NOK 30.00']])
  expect(await told({ runId: second.runId })).toEqual([[1, 'NOK 7.00']])
  const third = await load(world.context, JOB, ledgerCsv(found.map((row) => ({ ...row, cost_centre: 'CC1' }))))
  expect(await told({ runId: first.runId }), 'all of its records are').toEqual([[3, 'EUR 5.00', 'NOK 30.00']])
  expect(await told({})).toEqual([[1, 'NOK 7.00']])
  await load(world.context, JOB, ledgerCsv([line('e', 'NOK', '7', 'CC1')]))
  expect(await told({ runId: first.runId }), 'and its cause is').toEqual([[3, 'EUR 5.00', 'NOK 30.00']])
  expect(await told({ runId: third.runId })).toEqual([])
  expect(await told({ state: 'open' })).toEqual([])
})
