import { digitsOf, type Entity } from './company.ts'
import { postingsOf } from './ledger.ts'
import { OPEN, periodOf, TODAY } from './periods.ts'
import { randomOf } from './random.ts'

export type PlanLine = {
  readonly entity: Entity
  readonly period: string
  readonly account: string
  readonly costCentre: string
  readonly minor: number
}
export type Balance = Omit<PlanLine, 'costCentre'>

/** Profit and loss of a period by account and cost centre, with a margin: what a planner makes of the actuals. */
export function budgetOf(entity: Entity, index: number): PlanLine[] {
  return plan(entity, index, 'budget', 90, 112)
}

/** Closer than the budget, because it was made later. */
export function forecastOf(entity: Entity, index: number, { tooEarly }: { readonly tooEarly: boolean }): PlanLine[] {
  const lines = plan(entity, index, 'forecast', 97, 104)
  return tooEarly ? lines.map((line) => ({ ...line, minor: Math.round((line.minor * 11) / 10) })) : lines
}

/** Balances by account, as a warehouse or a report adds them up from the same postings. */
export function balancesOf(entity: Entity, index: number): Balance[] {
  const { period, startsOn } = periodOf(entity, index)
  if (startsOn > TODAY) return []
  const sums = new Map<string, number>()
  for (const { account, minor } of postingsOf(entity, index)) sums.set(account, (sums.get(account) ?? 0) + minor)
  return [...sums].sort().map(([account, minor]) => ({ entity, period, account, minor }))
}

/** The current period is not over: what it will bring is taken from the one before. */
function plan(entity: Entity, index: number, name: string, low: number, high: number): PlanLine[] {
  const random = randomOf(`${name} ${entity.code} ${index}`)
  const { period } = periodOf(entity, index)
  const sums = new Map<string, number>()
  for (const { account, costCentre, minor } of postingsOf(entity, Math.min(index, OPEN - 1))) {
    if (!isProfitAndLoss(entity, account)) continue
    const cell = `${account} ${costCentre}`
    sums.set(cell, (sums.get(cell) ?? 0) + minor)
  }
  const round = digitsOf(entity) === 0 ? 1_000 : 10_000
  return [...sums].sort().map(([cell, minor]) => {
    const [account, costCentre] = cell.split(' ') as [string, string]
    const planned = Math.round((minor * random.whole(low, high)) / 100 / round) * round
    return { entity, period, account, costCentre, minor: planned }
  })
}

const isProfitAndLoss = ({ company }: Entity, account: string) =>
  company === 'aldermoor' ? /^[46]/.test(account) : /^(5|6|8)/.test(account)
