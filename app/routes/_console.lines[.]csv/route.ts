import { csvStream, type StreamedCell } from '#app/.server/csv-stream.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readLinesView } from '#app/.server/lines-search.ts'
import { readLinesForExport } from '#app/.server/reads.ts'

const HEAD = [
  'as_of_publication',
  'system',
  'kind',
  'source_key',
  'entity',
  'period',
  'version',
  'currency',
  'debit',
  'credit',
  'net',
  'account',
  'cost_centre',
  'project',
  'counterparty',
  'accounting_status',
  'document',
  'description',
  'effective_on',
  'posted_on',
  'line',
  'artifact',
  'position',
  'loaded_at_publication',
]

export const loader = guarded('lines:read', async (given) => {
  const { filter } = readLinesView(given)
  const { publication } = given.scope
  const lines = await readLinesForExport(given.services.context.db, filter, publication)
  return csvStream(`lines-as-of-publication-${publication}.csv`, HEAD, cellsOf(lines, publication))
})

type Lines = Awaited<ReturnType<typeof readLinesForExport>>

async function* cellsOf(lines: Lines, publication: number): AsyncGenerator<StreamedCell[]> {
  for await (const line of lines) {
    yield [
      publication,
      line.system,
      line.objectType,
      line.sourceKey,
      line.entity,
      line.period,
      line.version,
      line.currency,
      { plain: line.debit },
      { plain: line.credit },
      { plain: line.net },
      line.account,
      line.costCentre,
      line.project,
      line.counterparty,
      line.accountingStatus,
      line.document,
      line.description,
      { plain: line.effectiveOn },
      { plain: line.postedOn },
      line.lineId,
      line.artifactId,
      line.position,
      line.loadedAtPub,
    ]
  }
}
