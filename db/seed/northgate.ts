/** Files of Northgate Foods, a company that does not exist: the same bytes every time. Amounts are whole cents until they are written. */
export type DemoFile = { readonly job: string; readonly name: string; readonly text: string }

const ENTITIES = [
  { code: 'NG01', name: 'Northgate Foods plc', currency: 'GBP', calendar: 'months' },
  { code: 'NG02', name: 'Northgate Deutschland GmbH', currency: 'EUR', calendar: 'months' },
  { code: 'NG03', name: 'Northgate Retail Inc.', currency: 'USD', calendar: 'retail-445' },
] as const
const ACCOUNTS = [
  ['1000', 'Cash at bank'],
  ['1200', 'Trade receivables'],
  ['2000', 'Trade payables'],
  ['4000', 'Revenue, goods'],
  ['4100', 'Revenue, services'],
  ['5000', 'Cost of goods'],
  ['6000', 'Wages and salaries'],
  ['6100', 'Rent'],
  ['6200', 'Freight'],
  ['6300', 'Marketing'],
] as const
const COST_CENTRES = [
  ['4100', 'Bakery', 'active'],
  ['4200', 'Dairy', 'active'],
  ['4300', 'Logistics', 'active'],
  ['4400', 'Stores', 'active'],
  ['4711', 'Old warehouse', 'inactive'],
] as const
const MONTHS = ['2026-08', '2026-09', '2026-10'] as const

export function northgateFiles(): DemoFile[] {
  return [
    {
      job: 'northgate-entities',
      name: 'entities.csv',
      text: csv(
        ['code', 'name', 'currency', 'calendar'],
        ENTITIES.map((e) => [e.code, e.name, e.currency, e.calendar]),
      ),
    },
    {
      job: 'northgate-accounts',
      name: 'accounts.csv',
      text: csv(
        ['code', 'name'],
        ACCOUNTS.map((a) => [...a]),
      ),
    },
    {
      job: 'northgate-cost-centres',
      name: 'cost-centres.csv',
      text: csv(
        ['code', 'name', 'status'],
        COST_CENTRES.map((c) => [...c]),
      ),
    },
    ...MONTHS.map((month) => ({ job: 'northgate-journals', name: `journals-${month}.csv`, text: journals(month, {}) })),
    // October came again with a correction, and then once more with a trailer that claims a line too many.
    { job: 'northgate-journals', name: 'journals-2026-10-corrected.csv', text: journals('2026-10', { corrected: true }) },
    { job: 'northgate-journals', name: 'journals-2026-11-cut-short.csv', text: journals('2026-11', { claimedTooMany: 1 }) },
    { job: 'northgate-budget', name: 'budget-fy26.csv', text: budget() },
  ]
}

type Planted = { readonly corrected?: boolean; readonly claimedTooMany?: number }

/** Two-line journals: an expense or revenue against bank, payables or receivables. Four of September went to a closed warehouse. */
function journals(month: string, { corrected = false, claimedTooMany = 0 }: Planted): string {
  const random = generator(`journals ${month}`)
  const rows: string[][] = []
  let total = 0
  for (const { code, currency } of ENTITIES) {
    for (let n = 1; n <= 140; n++) {
      const journal = `${code}-${month.replace('-', '')}-${String(n).padStart(4, '0')}`
      const day = String(1 + Math.floor(random() * 28)).padStart(2, '0')
      const [account, name] = ACCOUNTS[3 + Math.floor(random() * 7)]!
      const isRevenue = account.startsWith('4')
      const against = isRevenue ? '1200' : random() < 0.5 ? '2000' : '1000'
      const costCentre = month === '2026-09' && code === 'NG02' && n <= 4 ? '4711' : COST_CENTRES[Math.floor(random() * 4)]![0]
      const cents = 5_000 + Math.floor(random() * 2_000_000) + (corrected && code === 'NG01' && n === 7 ? 1 : 0)
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
      total += cents
      const [debit, credit] = isRevenue ? [against, account] : [account, against]
      const posted = `${month}-${day}`
      rows.push([journal, '1', code, debit, costCentre, currency, posted, amount, '', `${name}, journal ${n}`])
      rows.push([journal, '2', code, credit, costCentre, currency, posted, '', amount, `${name}, journal ${n}`])
    }
  }
  const sum = `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`
  const body = csv(
    ['journal', 'line', 'company', 'account', 'cost_centre', 'currency', 'posted_on', 'debit', 'credit', 'text'],
    rows,
  )
  // The sums run over three currencies: a hash total, as ledgers like to write them.
  return `${body}TRAILER,${rows.length + claimedTooMany},${sum},${sum}\n`
}

function budget(): string {
  const random = generator('budget')
  const rows: string[][] = []
  for (const { code, currency } of ENTITIES) {
    for (const period of ['2026-08', '2026-09', '2026-10', '2026-11']) {
      for (const [account] of ACCOUNTS.slice(3)) {
        for (const [costCentre] of COST_CENTRES.slice(0, 4)) {
          const amount = `${account.startsWith('4') ? '-' : ''}${10_000 + Math.floor(random() * 900) * 100}.00`
          rows.push([code, period, account, costCentre, currency, amount, 'approved'])
        }
      }
    }
  }
  return csv(['company', 'period', 'account', 'cost_centre', 'currency', 'amount', 'approval'], rows)
}

const csv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[header, ...rows].map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\n')}\n`

/** mulberry32 over a seed of text: small, fixed for ever, and for made-up figures only. */
function generator(seed: string): () => number {
  let state = [...seed].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 2_654_435_761), 2_166_136_261)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
