import { formatMinor } from '#server/domain/money.ts'
import { digitsOf, entitiesOf, type CompanyCode, type Entity } from './company.ts'
import { postingsOf, type Posting } from './ledger.ts'
import { plantedPostings } from './planted.ts'
import type { Stage } from './stage.ts'

/** What an endpoint of a simulated system has: its records, and what it states of them. */
export type Shown = { readonly records: readonly object[]; readonly control: Control }
export type Control = {
  readonly count: number
  readonly debit: string
  readonly credit: string
  readonly net: string
  /** Null where several currencies are added up: a hash total, as ledgers like to state them. */
  readonly currency: string | null
}

export const REGIONS: Readonly<Record<CompanyCode, Readonly<Record<string, readonly string[]>>>> = {
  aldermoor: { uk: ['AS01', 'AS06'], europe: ['AS02', 'AS05'], us: ['AS03'], japan: ['AS04'] },
  torvane: { europe: ['TI01', 'TI02', 'TI04'], americas: ['TI03', 'TI06'], japan: ['TI05'] },
}

/** The postings of a region that a system shows at this stage, planted ones included. */
export function postingsShown(company: CompanyCode, region: string, at: Stage): readonly Posting[] {
  const lines = eachPeriod(entitiesOf(company), at, postingsOf).filter(({ entity }) =>
    REGIONS[company][region]!.includes(entity.code),
  )
  return at.faults ? [...lines, ...plantedPostings(`${company} ${region}`)] : lines
}

export const eachPeriod = <T>(
  entities: readonly Entity[],
  { from, to }: Stage,
  of: (entity: Entity, index: number) => readonly T[],
): readonly T[] => {
  const periods = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return periods.flatMap((index) => entities.flatMap((entity) => of(entity, index)))
}

export const decimal = (minor: number, entity: Pick<Entity, 'currency'>): string => formatMinor(BigInt(minor), digitsOf(entity))

/** Whole hundredths, so that a yen and a cent can be added to one hash total. */
export function controlOf(lines: readonly { readonly entity: Entity; readonly minor: number }[]): Control {
  let debit = 0
  let credit = 0
  for (const { entity, minor } of lines) {
    const hundredths = digitsOf(entity) === 0 ? minor * 100 : minor
    if (hundredths > 0) debit += hundredths
    else credit -= hundredths
  }
  const currencies = new Set(lines.map(({ entity }) => entity.currency))
  const text = (hundredths: number) => formatMinor(BigInt(hundredths), 2)
  return {
    count: lines.length,
    debit: text(debit),
    credit: text(credit),
    net: text(debit - credit),
    currency: currencies.size === 1 ? [...currencies][0]! : null,
  }
}

export const listed = (records: readonly object[]): Shown => ({ records, control: { ...controlOf([]), count: records.length } })
