import { COST_CENTRES, CUSTOMERS, digitsOf, SUPPLIERS, type Entity } from './company.ts'
import { dayOf, daysOf, periodOf, TODAY } from './periods.ts'
import { randomOf, type Random } from './random.ts'

export type PostingKind = 'invoice' | 'receipt' | 'purchase' | 'payment' | 'payroll' | 'production'

/** One line of a document. Every system of the world shows the same postings in its own way, so that they can be reconciled. */
export type Posting = {
  readonly kind: PostingKind
  readonly entity: Entity
  readonly document: string
  readonly line: number
  readonly account: string
  readonly costCentre: string
  readonly counterparty: string
  readonly date: string
  readonly text: string
  /** Minor units of the currency of the entity, a debit above zero. */
  readonly minor: number
}

const BOOKS = {
  aldermoor: {
    cash: '1000',
    receivables: '1200',
    payables: '2000',
    payrollLiabilities: '2200',
    payroll: '6000',
    revenue: ['4000', '4000', '4000', '4010', '4020'],
    costs: ['6100', '6110', '6200', '6300', '6400'],
  },
  torvane: {
    cash: '113100',
    receivables: '140000',
    payables: '160000',
    payrollLiabilities: '176000',
    payroll: '600000',
    revenue: ['800000', '800000', '800000', '810000'],
    costs: ['500000', '500000', '510000', '520000', '530000', '540000'],
  },
} as const

const known = new Map<string, readonly Posting[]>()

/** What an entity posted in a period, up to the day on which the world ends. */
export function postingsOf(entity: Entity, index: number): readonly Posting[] {
  const key = `${entity.code} ${index}`
  const found = known.get(key) ?? allOf(entity, index).filter(({ date }) => date <= TODAY)
  known.set(key, found)
  return found
}

/** The largest part of the world's memory; who made all it wanted may let it go. */
export const forgetPostings = (): void => known.clear()

function allOf(entity: Entity, index: number): readonly Posting[] {
  const factory = entity.company === 'torvane'
  return [
    ...invoices(entity, index),
    ...settled(entity, index, 'receipt'),
    ...purchases(entity, index),
    ...settled(entity, index, 'payment'),
    ...payroll(entity, index),
    ...(factory && entity.calendar === 'factory-445' ? production(entity, index) : []),
  ]
}

function invoices(entity: Entity, index: number): Posting[] {
  const { receivables, revenue } = BOOKS[entity.company]
  const random = randomOf(`invoices ${entity.code} ${index}`)
  return documents(entity, index, entity.size, 'INV', random).flatMap((document) => {
    const [counterparty, name] = random.pick(CUSTOMERS)
    const head = { ...document, kind: 'invoice', entity, counterparty, text: `Invoice to ${name}` } as const
    return twoLines(
      { ...head, costCentre: costCentre(entity, random) },
      receivables,
      random.pick(revenue),
      amount(entity, random, 900_000),
    )
  })
}

function purchases(entity: Entity, index: number): Posting[] {
  const { payables, costs } = BOOKS[entity.company]
  const count = entity.company === 'torvane' ? entity.size : Math.round(entity.size / 3)
  const random = randomOf(`purchases ${entity.code} ${index}`)
  return documents(entity, index, count, 'PIN', random).flatMap((document) => {
    const [counterparty, name] = random.pick(SUPPLIERS)
    const head = { ...document, kind: 'purchase', entity, counterparty, text: `Invoice of ${name}` } as const
    return twoLines(
      { ...head, costCentre: costCentre(entity, random) },
      random.pick(costs),
      payables,
      amount(entity, random, 600_000),
    )
  })
}

/** Nine of ten invoices of the period before are paid in this one: in full, under the same counterparty. */
function settled(entity: Entity, index: number, kind: 'receipt' | 'payment'): Posting[] {
  if (index === 0) return []
  const { cash, receivables, payables } = BOOKS[entity.company]
  const random = randomOf(`${kind} ${entity.code} ${index}`)
  const before = kind === 'receipt' ? invoices(entity, index - 1) : purchases(entity, index - 1)
  const period = periodOf(entity, index)
  return before.flatMap((line) => {
    const isOpenItem = line.account === (kind === 'receipt' ? receivables : payables)
    if (!isOpenItem || random.whole(0, 10) === 0) return []
    const head = {
      ...line,
      kind,
      document: `${kind === 'receipt' ? 'RCP' : 'PAY'}${line.document.slice(3)}`,
      date: dayOf(period, random.whole(0, daysOf(period))),
      text: `${kind === 'receipt' ? 'Receipt for' : 'Payment of'} ${line.document}`,
    } as const
    const [debit, credit] = kind === 'receipt' ? [cash, receivables] : [payables, cash]
    return twoLines(head, debit, credit, Math.abs(line.minor))
  })
}

function payroll(entity: Entity, index: number): Posting[] {
  const { payroll: cost, payrollLiabilities } = BOOKS[entity.company]
  const period = periodOf(entity, index)
  const random = randomOf(`payroll ${entity.code}`)
  return COST_CENTRES[entity.company].flatMap(([code, name]) => {
    const head = {
      kind: 'payroll',
      entity,
      document: `PRL${period.period.replace('-', '')}${code}`,
      date: dayOf(period, 14),
      costCentre: code,
      counterparty: '',
      text: `Payroll, ${name}`,
    } as const
    // The same people every month, paid a little more since spring.
    return twoLines(head, cost, payrollLiabilities, scaled(entity, random.whole(2_000_000, 9_000_000) + index * 10_000))
  })
}

function production(entity: Entity, index: number): Posting[] {
  const random = randomOf(`production ${entity.code} ${index}`)
  return documents(entity, index, Math.round(entity.size * 0.6), 'PRO', random).flatMap((document) => {
    const order = `order ${random.whole(100_000, 999_999)}`
    const head = { ...document, kind: 'production', entity, counterparty: '', text: `Confirmed production, ${order}` } as const
    return twoLines({ ...head, costCentre: costCentre(entity, random) }, '790000', '895000', amount(entity, random, 400_000))
  })
}

function documents(entity: Entity, index: number, count: number, prefix: string, random: Random) {
  const period = periodOf(entity, index)
  const number = period.period.replace('-', '')
  return Array.from({ length: count }, (_, i) => ({
    document: `${prefix}${number}${String(i + 1).padStart(4, '0')}`,
    date: dayOf(period, random.whole(0, daysOf(period))),
  }))
}

type Head = Omit<Posting, 'line' | 'account' | 'minor'>
const twoLines = (head: Head, debit: string, credit: string, minor: number): Posting[] => [
  { ...head, line: 1, account: debit, minor },
  { ...head, line: 2, account: credit, minor: -minor },
]

const costCentre = (entity: Entity, random: Random) => random.pick(COST_CENTRES[entity.company])[0]
const amount = (entity: Entity, random: Random, largest: number) => scaled(entity, random.whole(4_000, largest))
/** Cents become the minor units of the entity's currency; a yen has none, and is worth less than a cent. */
const scaled = (entity: Entity, cents: number) => (digitsOf(entity) === 0 ? Math.round((cents * 8) / 5) : cents)
