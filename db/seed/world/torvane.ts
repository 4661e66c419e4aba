import { ACCOUNTS, COST_CENTRES, entitiesOf, SUPPLIERS, type Entity } from './company.ts'
import { postingsOf, type Posting } from './ledger.ts'
import { plantedPurchases } from './planted.ts'
import { balancesOf, budgetOf } from './plans.ts'
import { controlOf, decimal, eachPeriod, listed, postingsShown, type Shown } from './shown.ts'
import type { Stage } from './stage.ts'

const COMPANY = 'torvane'
const ours = entitiesOf(COMPANY)

export const companyCodes = (): Shown =>
  listed(
    ours.map(({ code, name, currency, calendar }) => ({
      CompanyCode: code,
      CompanyCodeName: name,
      Currency: currency,
      calendar,
    })),
  )
export const glAccounts = (): Shown =>
  listed(ACCOUNTS[COMPANY].map(([GLAccount, GLAccountName]) => ({ GLAccount, GLAccountName })))
export const costCenters = (): Shown =>
  listed(COST_CENTRES[COMPANY].map(([CostCenter, CostCenterName]) => ({ CostCenter, CostCenterName, IsBlocked: false })))

export function journalItems(region: string, at: Stage): Shown {
  const lines = postingsShown(COMPANY, region, at)
  const control = controlOf(lines)
  return {
    // One more than there are: a count that was taken before the last item was deleted.
    control: at.faults && region === 'europe' ? { ...control, count: control.count + 1 } : control,
    records: lines.map((line) => ({
      CompanyCode: line.entity.code,
      AccountingDocument: line.document,
      LedgerGLLineItem: String(line.line).padStart(6, '0'),
      PostingDate: line.date,
      GLAccount: line.account,
      CostCenter: line.costCentre,
      BusinessPartner: line.counterparty,
      TransactionCurrency: line.entity.currency,
      AmountInTransactionCurrency: decimal(line.minor, line.entity),
      DocumentItemText: line.text,
    })),
  }
}

export function planItems(at: Stage): Shown {
  const lines = eachPeriod(ours, at, budgetOf)
  return {
    control: controlOf(lines),
    records: lines.map(({ entity, period, account, costCentre, minor }) => ({
      CompanyCode: entity.code,
      FiscalPeriod: period,
      GLAccount: account,
      CostCenter: costCentre,
      PlanAmount: decimal(minor, entity),
      Currency: entity.currency,
      ReleaseStatus: 'approved',
    })),
  }
}

export const suppliers = (): Shown => listed(SUPPLIERS.map(([number, name]) => ({ number, name, status: 'active' })))

const CATEGORIES: Readonly<Record<string, string>> = {
  '500000': 'RAW',
  '510000': 'PACK',
  '520000': 'ENERGY',
  '530000': 'FREIGHT',
  '540000': 'MRO',
}

/** Approved supplier invoices, one line each: the expense side of what the ERP has. */
export function supplierInvoices(at: Stage): Shown {
  const lines = eachPeriod<Posting & { category?: string }>(ours, at, postingsOf).filter(
    ({ kind, minor }) => kind === 'purchase' && minor > 0,
  )
  const sent = at.faults ? [...lines, ...plantedPurchases()] : lines
  return {
    control: controlOf(sent),
    records: sent.map((line) => ({
      id: `${line.entity.code}/${line.document}`,
      'chart-of-account': line.entity.code,
      'invoice-number': line.document,
      'invoice-date': line.date,
      category: line.category ?? CATEGORIES[line.account],
      'cost-centre': line.costCentre,
      supplier: { number: line.counterparty },
      total: decimal(line.minor, line.entity),
      currency: line.entity.currency,
      status: 'approved',
    })),
  }
}

export function reportedBalances(at: Stage): Shown {
  const lines = eachPeriod(ours, at, balancesOf)
  return {
    control: controlOf(lines),
    records: lines.map(({ entity, period, account, minor }) => ({
      company: entity.code,
      period,
      account,
      balance: decimal(minor, entity),
      currency: entity.currency,
    })),
  }
}

export const factories: readonly Entity[] = ours.filter(({ calendar }) => calendar === 'factory-445')
