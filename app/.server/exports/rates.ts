import { readRatesForExport } from '#server/services/reads/rates-view.ts'
import type { Given } from '../guarded.ts'
import { readRatesSearch } from '../rates-search.ts'
import { columns, type Export } from './export.ts'

export async function ratesExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...filter } = readRatesSearch(given).filter
  const rows = await readRatesForExport(given.services.context.db, filter)
  return {
    title: 'Rates',
    order: 'newest day first',
    columns: [
      ...columns('plain', 'date', 'base', 'quote', 'kind', 'rate'),
      ...columns('text', 'source'),
      ...columns('plain', 'system'),
      ...columns('count', 'publication', 'superseded_by', 'artifact', 'position'),
    ],
    rows: rows.map((row) => [
      row.date,
      row.base,
      row.quote,
      row.kind,
      row.rate,
      row.source,
      row.system,
      row.publication,
      row.supersededBy,
      row.artifactId,
      row.position,
    ]),
  }
}
