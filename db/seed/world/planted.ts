import { entityOf, INACTIVE_COST_CENTRE, type Entity } from './company.ts'
import { PLANTED } from './faults.ts'
import type { Posting } from './ledger.ts'
import { OPEN, periodOf } from './periods.ts'

/** Documents that are wrong in exactly one thing, by the region whose ledger shows them. Both lines share the cause. */
export function plantedPostings(region: string): readonly Posting[] {
  switch (region) {
    case 'aldermoor uk': {
      const AS01 = entityOf('AS01')
      return document(
        AS01,
        'LATE0001',
        `${periodOf(AS01, 6).period}-24`,
        'Hosting bill that came late',
        ['6100', '2000'],
        'CC310',
        [PLANTED.closedPeriod],
      )
    }
    case 'aldermoor europe':
      return PLANTED.inactiveCostCentre.flatMap((minor, i) =>
        document(
          entityOf('AS02'),
          `HOST000${i + 1}`,
          '2026-11-12',
          'Old servers, last bill',
          ['6100', '2000'],
          INACTIVE_COST_CENTRE[0],
          [minor],
        ),
      )
    case 'torvane americas': {
      const { debit, credit } = PLANTED.unbalanced
      return document(entityOf('TI06'), 'ADJ0007', '2026-11-17', 'Freight accrual, typed by hand', ['530000', '160000'], '4400', [
        debit,
        credit,
      ])
    }
    default:
      return []
  }
}

/** Lines of the procurement system in a category nobody mapped. */
export const plantedPurchases = (): readonly (Posting & { readonly category: string })[] =>
  (Object.entries(PLANTED.unmapped) as [string, number][]).map(([code, minor], i) => {
    const entity = entityOf(code)
    return {
      kind: 'purchase',
      entity,
      document: `PIN${periodOf(entity, OPEN).period.replace('-', '')}9${i}00`,
      line: 1,
      account: '',
      category: 'COBALT',
      costCentre: '4100',
      counterparty: 'S0001',
      date: '2026-11-16',
      text: 'Cobalt, spot purchase',
      minor,
    }
  })

function document(
  entity: Entity,
  number: string,
  date: string,
  text: string,
  [debit, credit]: readonly [string, string],
  costCentre: string,
  [debitMinor, creditMinor = debitMinor]: readonly [number, number?],
): Posting[] {
  const head = { kind: 'purchase', entity, document: number, date, text, costCentre, counterparty: '' } as const
  return [
    { ...head, line: 1, account: debit, minor: debitMinor },
    { ...head, line: 2, account: credit, minor: -creditMinor },
  ]
}
