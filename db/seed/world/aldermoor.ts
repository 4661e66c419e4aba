import { ACCOUNTS, COST_CENTRES, CUSTOMERS, entitiesOf, INACTIVE_COST_CENTRE, type Entity } from './company.ts'
import { PLANTED } from './faults.ts'
import { postingsOf, type Posting } from './ledger.ts'
import { periodOf } from './periods.ts'
import { plantedPostings } from './planted.ts'
import { balancesOf, budgetOf, forecastOf, type Balance, type PlanLine } from './plans.ts'
import { controlOf, decimal, eachPeriod, listed, postingsShown, REGIONS, type Shown } from './shown.ts'
import type { Stage } from './stage.ts'

const COMPANY = 'aldermoor'
const ours = entitiesOf(COMPANY)

/** Subsidiaries, accounts and departments of the ERP, the system of record of Aldermoor's dimensions. */
export const subsidiaries = (): Shown =>
  listed(ours.map(({ code, name, currency, calendar }) => ({ id: code, name, currency, calendar, isInactive: 'F' })))
export const accounts = (): Shown => listed(ACCOUNTS[COMPANY].map(([number, name]) => ({ number, name })))
export const departments = (): Shown =>
  listed([
    ...COST_CENTRES[COMPANY].map(([code, name]) => ({ code, name, state: 'active' })),
    { code: INACTIVE_COST_CENTRE[0], name: INACTIVE_COST_CENTRE[1], state: 'inactive' },
  ])

export function journalLines(region: string, at: Stage): Shown {
  const lines = postingsShown(COMPANY, region, at).map((line) => corrected(line, at))
  // The same lines twice in one answer; what it states counts them twice as well.
  const again = at.faults && region === 'japan' ? lines.slice(0, PLANTED.repeatedRecords) : []
  const sent = [...lines, ...again]
  return {
    control: controlOf(sent),
    records: sent.map((line) => ({
      id: `${line.entity.code}-${line.document}-${line.line}`,
      subsidiary: line.entity.code,
      tranId: line.document,
      tranDate: line.date,
      account: line.account,
      department: line.costCentre,
      name: line.counterparty,
      currency: line.entity.currency,
      debit: line.minor > 0 ? decimal(line.minor, line.entity) : '',
      credit: line.minor < 0 ? decimal(-line.minor, line.entity) : '',
      memo: line.text,
    })),
  }
}

/** Invoice 1 of the soft-closed period in London was 120.00 too low, in billing and in the ledger. */
const CORRECTED = { entity: 'AS01', document: 'INV2026100001', minor: 12_000 }
function corrected(line: Posting, at: Stage): Posting {
  const isIt = at.corrected && line.document === CORRECTED.document && line.entity.code === CORRECTED.entity
  return isIt ? { ...line, minor: line.minor + Math.sign(line.minor) * CORRECTED.minor } : line
}

/** One line an invoice: what was billed, a credit. The same invoices stand in the ledger. */
export function invoiceLines(region: string, at: Stage): Shown {
  const entities = ours.filter(({ code }) => REGIONS[COMPANY][region]!.includes(code))
  const lines = eachPeriod(entities, at, postingsOf)
    .filter(({ kind, minor }) => kind === 'invoice' && minor < 0)
    .map((line) => corrected(line, at))
  // What it states is right; the first line changed by a cent on its way.
  const offByACent = at.faults && region === 'europe'
  return {
    control: controlOf(lines),
    records: lines.map((line, i) => ({
      id: `il_${line.entity.code}_${line.document}`,
      invoice: line.document,
      account_country: line.entity.code,
      customer: line.counterparty,
      revenue_account: line.account,
      cost_centre: line.costCentre,
      amount: decimal(line.minor + (offByACent && i === 0 ? 1 : 0), line.entity),
      currency: line.entity.currency,
      finalized_on: line.date,
    })),
  }
}

export const customers = (): Shown =>
  listed(CUSTOMERS.map(([AccountNumber, Name]) => ({ Id: `001${AccountNumber}`, AccountNumber, Name, Status: 'active' })))

/** Bookings by customer: a statistical figure, a month before it is billed. */
export function bookings(at: Stage): Shown {
  const of = (entity: Entity, index: number) => {
    const sums = new Map<string, number>()
    for (const { kind, minor, counterparty } of postingsOf(entity, index))
      if (kind === 'invoice' && minor < 0) sums.set(counterparty, (sums.get(counterparty) ?? 0) - minor)
    const { period } = periodOf(entity, index)
    return [...sums].sort().map(([customer, minor]) => ({ entity, period, customer, minor, currency: entity.currency as string }))
  }
  const lines = eachPeriod(ours, at, of)
  const AS05 = ours.find(({ code }) => code === 'AS05')!
  const wrong = {
    entity: AS05,
    period: periodOf(AS05, at.to).period,
    customer: 'C0007',
    minor: PLANTED.unknownCurrency,
    currency: 'EUX',
  }
  return listed(
    [...lines, ...(at.faults ? [{ ...wrong, id: 'EUX' }] : [])].map((line) => ({
      Id: `006${line.entity.code}${line.period}${line.customer}${'id' in line ? line.id : ''}`,
      Subsidiary: line.entity.code,
      Period: line.period,
      Customer: line.customer,
      Amount: decimal(line.minor, line.entity),
      CurrencyIsoCode: line.currency,
    })),
  )
}

export const budget = (at: Stage): Shown => planned('budget', eachPeriod(ours, at, budgetOf))
/** The United States plan for themselves. */
export const forecast = (at: Stage, { us }: { readonly us: boolean }): Shown =>
  planned(
    'forecast',
    eachPeriod(
      ours.filter(({ code }) => (code === 'AS03') === us),
      at,
      (entity, index) => forecastOf(entity, index, at),
    ),
  )

/** What the planners know of the cost centres: one was renamed here and nowhere else. */
export const planningCostCentres = (at: Stage): Shown =>
  listed(
    [...COST_CENTRES[COMPANY], INACTIVE_COST_CENTRE].map(([code, name]) => ({
      code,
      label: at.faults && code === 'CC200' ? 'Customer experience' : name,
      active: code !== INACTIVE_COST_CENTRE[0],
    })),
  )

/** Taken from the books themselves: also the documents that the rules of the journals reject, so that the two differ by these. */
export function warehouseBalances(at: Stage): Shown {
  const rejected = plantedPostings(`${COMPANY} europe`)
  const more = ({ entity, period, account }: Balance) =>
    rejected
      .filter((line) => line.entity === entity && line.account === account && line.date.startsWith(period))
      .reduce((sum, { minor }) => sum + minor, 0)
  const lines = eachPeriod(ours, at, balancesOf).map((line) => ({ ...line, minor: line.minor + more(line) }))
  return {
    control: controlOf(lines),
    records: lines.map(({ entity, period, account, minor }) => ({
      ENTITY: entity.code,
      PERIOD: period,
      ACCOUNT: account,
      NET: decimal(minor, entity),
      CCY: entity.currency,
    })),
  }
}

const planned = (plan: 'budget' | 'forecast', lines: readonly PlanLine[]): Shown => ({
  control: controlOf(lines),
  records: lines.map(({ entity, period, account, costCentre, minor }) => ({
    plan,
    entity: entity.code,
    period,
    account,
    costCentre,
    value: decimal(minor, entity),
    currency: entity.currency,
    state: 'approved',
  })),
})
