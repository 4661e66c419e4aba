import { readLinesForExport } from '#server/services/reads/lines-view.ts'
import type { Given } from '../guarded.ts'
import { readLinesView } from '../lines-search.ts'
import { columns, type Export, type ExportCell } from './export.ts'

export async function linesExport(given: Given): Promise<Export> {
  const { filter } = readLinesView(given)
  const { publication } = given.scope
  const { lines, certainty } = await readLinesForExport(given.services.context.db, filter, publication)
  return {
    title: 'Lines',
    order: 'as they were loaded',
    columns: [
      ...columns('count', 'as_of_publication'),
      ...columns('text', 'system'),
      ...columns('plain', 'kind'),
      ...columns('text', 'source_key', 'entity', 'period', 'version', 'currency'),
      ...columns('plain', 'figures'),
      ...columns('amount', 'debit', 'credit', 'net'),
      ...columns('text', 'account', 'cost_centre', 'project', 'counterparty'),
      ...columns('plain', 'accounting_status'),
      ...columns('text', 'document', 'description'),
      ...columns('plain', 'effective_on', 'posted_on'),
      ...columns('count', 'line', 'artifact', 'position', 'loaded_at_publication'),
    ],
    rows: rowsOf(lines, certainty, publication),
  }
}

type Lines = Awaited<ReturnType<typeof readLinesForExport>>

async function* rowsOf(lines: Lines['lines'], certainty: Lines['certainty'], publication: number): AsyncGenerator<ExportCell[]> {
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
      certainty(line),
      line.debit,
      line.credit,
      line.net,
      line.account,
      line.costCentre,
      line.project,
      line.counterparty,
      line.accountingStatus,
      line.document,
      line.description,
      line.effectiveOn,
      line.postedOn,
      line.lineId,
      line.artifactId,
      line.position,
      line.loadedAtPub,
    ]
  }
}
