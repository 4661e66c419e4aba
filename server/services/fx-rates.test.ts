import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN, load, type JobInput } from '#db/testing/load.ts'
import { readRates, readTranslation } from './reads/rates-view.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()
const JOB: JobInput = {
  job: 'rates',
  title: 'Reference rates',
  owner: 'treasury',
  system: { code: 'ecb', name: 'European Central Bank', kind: 'file' },
  source: { type: 'file' },
  format: { type: 'ecb-rates' },
  objectType: 'fx_rate',
}
const day = (...rows: readonly string[]) => `Date,USD,GBP,\n${rows.join('\n')}\n`
const newest = async () => (await world.owner`select max(publication)::int as p from publications`)[0]!.p as number
const told = async (publication: number, on: string) => {
  const result = await readTranslation(world.db, { minor: 10_000n, from: 'EUR', to: 'USD', on, system: 'ecb', publication })
  return 'problem' in result
    ? result.problem
    : `${result.minor} of ${result.legs[0]!.rate.date}, ${result.legs[0]!.daysOld} days old, known since ${result.legs[0]!.rate.publication}`
}

test('each version of a rate is kept, read as of any publication, and comes back with a rollback', async () => {
  expect((await load(world.context, JOB, day('2026-10-30,1.0871,0.85,'))).outcome).toBe('succeeded')
  const first = await newest()
  // Weekends: the file still shows the last day. Not new is not an error.
  const again = await load(world.context, JOB, day('2026-10-30,1.0871,0.85,').replace('\n', ' \n'), 'again.csv')
  expect([again.outcome, again.publication, again.members.unchanged]).toEqual(['succeeded', null, 2])
  const corrected = await load(world.context, JOB, day('2026-10-30,1.0900,0.85,'), 'corrected.csv')
  const second = await newest()
  expect([await told(first, '2026-11-01'), await told(second, '2026-11-01')]).toEqual([
    `10871 of 2026-10-30, 2 days old, known since ${first}`,
    `10900 of 2026-10-30, 2 days old, known since ${second}`,
  ])
  await rollbackRun(world.context, { runId: corrected.runId, reason: 'wrong day', actor: ADMIN })
  expect(await told(await newest(), '2026-10-30')).toContain('10871 of 2026-10-30, 0 days old')
  expect(await told(second, '2026-10-30')).toContain('10900')
  expect(await told(await newest(), '2026-12-30')).toBe('rate_too_old')
})

test('the list shows what stands, by day, pair and source; with its history what stood', async () => {
  await load(world.context, JOB, day('2026-10-29,1.08,0.84,', '2026-10-28,1.07,N/A,'), 'history.csv')
  const publication = await newest()
  const listed = async (filter: object) => {
    const { rows } = await readRates(world.db, { publication, ...filter }, new Date())
    return rows.map(
      ({ date, base, quote, rate, supersededBy }) => `${date} ${base}/${quote} ${rate}${supersededBy ? ' stood' : ''}`,
    )
  }
  expect(await listed({})).toEqual([
    '2026-10-30 EUR/USD 1.0871',
    '2026-10-30 EUR/GBP 0.85',
    '2026-10-29 EUR/USD 1.08',
    '2026-10-29 EUR/GBP 0.84',
    '2026-10-28 EUR/USD 1.07',
  ])
  expect(await listed({ pair: 'GBP', to: '2026-10-29' })).toEqual(['2026-10-29 EUR/GBP 0.84'])
  expect(await listed({ pair: 'EUR/USD', from: '2026-10-30', history: true })).toEqual([
    '2026-10-30 EUR/USD 1.0871',
    '2026-10-30 EUR/USD 1.0900 stood',
    '2026-10-30 EUR/USD 1.0871 stood',
  ])
  expect(await listed({ kind: 'average' })).toEqual([])
  const { rows } = await readRates(world.db, { publication }, new Date())
  const older = await readRates(world.db, { publication, before: rows[1]!.memberId }, new Date())
  expect([older.rows.length, older.hasNewer, older.hasOlder]).toEqual([3, true, false])
})

test('a rate that is none waits for a person; two sources that differ are no drift; an own file needs no ECB', async () => {
  const own: JobInput = {
    ...JOB,
    job: 'own-rates',
    system: { code: 'treasury', name: 'Treasury', kind: 'file' },
    format: { type: 'csv' },
    onFailure: 'quarantine',
  }
  const report = await load(
    world.context,
    own,
    'base,quote,date,kind,rate\nEUR,USD,2026-10-30,closing,1.2\nUSD,EUR,2026-10-30,average,x\nEUR,U,2026-10-30,closing,1\n',
  )
  expect([report.outcome, report.members.new, report.members.rejected]).toEqual(['succeeded', 1, 2])
  expect(report.exceptions.map(({ code }) => code).sort()).toEqual(['amount_malformed', 'currency_unknown'])
})
