import type postgres from 'postgres'
import type { Tally } from './compare.ts'
import { figures } from './reader.ts'
import { centsOf, type SourceLine } from './source.ts'

/** What stands, key by key, after deliveries in an order. */
export type Book = ReadonlyMap<string, string>

export const bookOf = (...deliveries: readonly (readonly SourceLine[])[]): Book =>
  new Map(
    deliveries
      .flat()
      .map(({ id, period, debit, credit, document, text }) => [
        id,
        [period, centsOf(debit), centsOf(credit), document, text].join('|'),
      ]),
  )

/** Counts what is lost and doubled against the nearest of the books that may be there. */
export async function judgeBooks(owner: postgres.Sql, entity: string, allowed: readonly Book[], tally: Tally): Promise<void> {
  const rows = await owner<{ key: string; content: string }[]>`
    select source_key as key, concat_ws('|', period, (debit * 100)::bigint, (credit * 100)::bigint, document, coalesce(description, '')) as content
    from lines where entity = ${entity} and superseded_at_pub is null`
  const differences = allowed.map((book) => {
    const seen = new Set<string>()
    let doubled = 0
    for (const { key, content } of rows) {
      if (book.get(key) === content && !seen.has(key)) seen.add(key)
      else doubled++
    }
    return { doubled, lost: book.size - seen.size }
  })
  const nearest = differences.sort((a, b) => a.lost + a.doubled - b.lost - b.doubled)[0]!
  tally.lost += nearest.lost
  tally.doubled += nearest.doubled
  if (nearest.lost + nearest.doubled > 0)
    tally.say(`${entity}: ${nearest.lost} lines lost and ${nearest.doubled} too many against the nearest order`)
}

export async function figuresOf(owner: postgres.Sql, entity: string): Promise<{ lines: string; totals: string }> {
  const [row] = await figures(owner, entity)
  return row!
}
