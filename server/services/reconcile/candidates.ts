import type { DifferingKey } from '#db/queries/comparison-pairs.ts'
import type { SideLine } from '#db/queries/comparison-sides.ts'
import type { Item } from '#server/domain/reconciliation/item.ts'

/** What is compared as one: a line, or all lines of a key. */
export type Candidate = { readonly item: Item; readonly lines: readonly SideLine[] }
/** A decimal text of a currency in whole units of its digits. */
export type Units = (amount: string, currency: string) => bigint

export const cellOf = ({ key, account_group, currency }: Pick<DifferingKey, 'key' | 'account_group' | 'currency'>): string =>
  JSON.stringify([key, account_group, currency])

/** Lines of one key, side, account group and currency, as one item. */
export function candidateOf(lines: readonly SideLine[], units: Units): Candidate {
  const [first] = lines as [SideLine]
  const { side, key, currency, account_group: group, on, reference, status } = first
  const isOne = lines.length === 1
  const item: Item = {
    id: isOne ? `l${first.line_id}` : `s${side} ${cellOf(first)}`,
    side,
    key,
    currency,
    minor: lines.reduce((sum, { amount }) => sum + units(amount, currency), 0n),
    on: isOne ? on : null,
    reference: isOne ? reference : null,
    group,
    status: isOne ? status : '',
  }
  return { item, lines }
}

export function sumsOf(lines: readonly SideLine[], units: Units): Candidate[] {
  const sums = new Map<string, SideLine[]>()
  for (const line of lines) {
    const cell = `${line.side} ${cellOf(line)}`
    if (!sums.get(cell)?.push(line)) sums.set(cell, [line])
  }
  return [...sums.values()].map((own) => candidateOf(own, units))
}
