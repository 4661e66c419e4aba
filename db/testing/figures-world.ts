import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob } from './ledger.ts'
import { importJob, keepFile, load } from './load.ts'
import type { TestDatabase } from './database.ts'

const TRAILER = { match: 'TRAILER', fields: { records: 2, debit: 4, currency: 6 } } as const
const NOT_A_LEDGER = 'not,the,columns\n1,2,3\n'

/**
 * A small world in which no list is empty: two entities, three periods, two currencies and two versions; causes of every class,
 * open and closed, of every age; loads that are held, failed, mended, begun by the clock and by people; feeds in every state.
 */
export async function makeFiguresWorld({ context, owner }: Pick<TestDatabase, 'context' | 'owner'>): Promise<void> {
  await load(context, memberJob('cost_centre'), centres())
  const ledger = ledgerJob({ rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
  await load(context, ledger, ledgerCsv(bothEntities()), 'both.csv')
  await load(context, ledger, ledgerCsv([{ ...ledgerRows(1, { prefix: 'A' })[0]!, debit: '10.01' }]), 'corrected.csv')
  await load(context, ledger, ledgerCsv(ledgerRows(3, { prefix: 'W', cost_centre: 'GONE' })), 'wrong.csv')
  await load(context, ledger, ledgerCsv(ledgerRows(3, { prefix: 'W', cost_centre: 'CC1' })), 'right.csv')

  const budget = ledgerJob({
    job: 'budget',
    objectType: 'budget_line',
    system: { code: 'plan', name: 'Planning', kind: 'planning' },
  })
  await load(context, budget, ledgerCsv(ledgerRows(4, { prefix: 'B', version: 'FY26 v3', period: '2026-04' })), 'budget.csv')

  const claims = ledgerJob({ job: 'claims', format: { type: 'csv', trailer: TRAILER } })
  await load(context, claims, ledgerCsv(ledgerRows(2, { prefix: 'C' }), [2, '', '12.34', '', 'NOK']), 'claims.csv')
  await load(
    context,
    claims,
    ledgerCsv(ledgerRows(2, { prefix: 'E', entity: 'SE01', currency: 'SEK' }), [3, '', '10.00', '', 'SEK']),
  )

  const recovers = ledgerJob({ job: 'recovers', system: { code: 'crm', name: 'CRM', kind: 'crm' } })
  await load(context, recovers, NOT_A_LEDGER)
  await load(context, recovers, ledgerCsv(ledgerRows(2, { prefix: 'R', period: '2026-05' })), 'again.csv')
  const fails = ledgerJob({ job: 'fails', system: { code: 'hr', name: 'HR', kind: 'hcm' } })
  await load(context, fails, NOT_A_LEDGER)

  const waits = ledgerJob({ job: 'waits', system: { code: 'bank', name: 'Bank', kind: 'bank' } })
  await importJob(context, waits)
  await keepFile(context, 'waits', ledgerCsv(ledgerRows(2, { prefix: 'Q' })))
  await load(context, ledgerJob({ job: 'odd', system: { code: 'odd', name: 'Odd', kind: 'erp' } }), NOT_A_LEDGER)
  await plantWhatTimeWouldBring(owner)
}

const centres = () =>
  memberCsv(
    ['code', 'name', 'status'],
    [
      ['CC1', 'Bakery', 'active'],
      ['OLD', 'Warehouse', 'inactive'],
    ],
  )

const bothEntities = () => [
  ...ledgerRows(4, { prefix: 'A' }),
  ...ledgerRows(2, { prefix: 'AB', period: '2026-04' }),
  ...ledgerRows(2, { prefix: 'S', entity: 'SE01', currency: 'SEK' }),
  ...ledgerRows(2, { prefix: 'SN', entity: 'SE01', currency: 'NOK' }),
  ...ledgerRows(2, { prefix: 'X', cost_centre: 'OLD' }),
  ...ledgerRows(1, { prefix: 'Z', cost_centre: 'NONE', debit: '7.00' }),
  ...ledgerRows(3, { prefix: 'Y', entity: 'SE01', currency: 'SEK', cost_centre: 'OLD' }),
]

/** What nobody waits for in a test: the clock begins runs, causes grow old, feeds come and do not come. */
async function plantWhatTimeWouldBring(owner: TestDatabase['owner']): Promise<void> {
  await owner`update runs set trigger = 'schedule' where run_id in (2, 4, 7)`
  await owner`update runs set trigger = 'event' where run_id = 3`
  await owner`update runs set queued_at = queued_at - interval '3 days', started_at = started_at - interval '3 days', finished_at = finished_at - interval '3 days' where run_id in (2, 3)`
  await owner`update exceptions e set failure_class = 'unclassified', code = 'unexpected_error' from jobs j where j.job_id = e.job_id and j.name = 'odd'`
  await owner`update exceptions set opened_at = now() - exception_id * interval '9 days'`
  const feeds = [
    ['ledger', 'arrived', -3],
    ['ledger', 'late', -2],
    ['ledger', 'missing', -1],
    ['fails', 'missing', -1],
    ['budget', 'late', -4],
    ['ledger', 'expected', 1],
  ] as const
  for (const [job, state, days] of feeds)
    await owner`
      insert into feeds (job_id, expected_by, counts_from, owner, state, arrived_at)
      select job_id, now() + ${days} * interval '1 day', now() + ${days - 1} * interval '1 day', 'finance', ${state},
        case when ${state} in ('arrived', 'late') then now() + ${days} * interval '1 day' + interval '90 minutes' end from jobs where name = ${job}`
}
