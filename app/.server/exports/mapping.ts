import { z } from 'zod'
import { CHANGE_COLUMNS } from '#server/domain/mapping/change-list.ts'
import { readMappingExport, type MappingExport } from '#server/services/reads/mappings-view.ts'
import { Id, readParams, readSearch } from '../forms.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

const Params = z.object({ system: z.string().max(64) })
const Search = z.object({ at: Id.optional() })

/** The entries in force at the version the address names, the newest by default. */
export function readMappingOf({ params, url, services }: Given): Promise<MappingExport> {
  const { system } = readParams(params, Params)
  return readMappingExport(services.context.db, system, readSearch(url, Search).at)
}

/** The columns a list of proposals is given in: exported, changed and pasted back it proposes what was changed. */
export async function mappingExport(given: Given): Promise<Export> {
  const { system, version, entries } = await readMappingOf(given)
  return {
    title: `Mapping ${system} v${version}`,
    order: 'as they were approved',
    columns: columns('text', ...CHANGE_COLUMNS),
    rows: entries.map((e) => [e.dimension, e.sourceCode, e.canonicalCode, e.effectiveFrom, e.effectiveTo]),
  }
}
