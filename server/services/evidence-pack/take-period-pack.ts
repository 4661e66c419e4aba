import { countComparedLines } from '#db/queries/pack-lines.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ZipEntry } from '#server/platform/zip.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { readReconciliationsForExport, type ReconciliationsListFilter } from '../reads/reconciliations-view.ts'
import { gatherPack } from './gather-pack.ts'
import { standsOf, type PackedFile } from './manifest.ts'
import { noted, packEntries } from './pack-entries.ts'
import { packHelp } from './readme.ts'
import type { Indexed, Stood } from './sheet/index-of.ts'
import { openRenderer } from './sheet/renderer.ts'
import { stoodOf, type Sheet } from './sheet/sheet-of.ts'
import { fileNameOf, type TakenPack } from './take-evidence-pack.ts'

export const PERIOD_FORMAT = 'finance-control-tower/period-pack/1'
/** A ZIP of ours holds 4 GiB and 65,535 files. */
const RECONCILIATIONS_MAX = 2_000
const LINES_MAX = 10_000_000

/**
 * The packs of all reconciliations of a period, a folder each, as far as they are in scope; made one after the other while they go out.
 * Throws Refusal (input_invalid, reconciliation_not_found).
 */
export async function takePeriodPack(
  context: Pick<Context, 'db' | 'now'>,
  { filter, actor }: { readonly filter: Omit<ReconciliationsListFilter, 'scope'>; readonly actor: Actor },
): Promise<TakenPack> {
  const { db } = context
  const { period, entity, version } = filter
  if (!period) throw new Refusal('input_invalid', 'choose a period')
  const at = context.now()
  const rows = await readReconciliationsForExport(db, { ...filter, scope: actor.entityScope }, at)
  if (rows.length === 0) throw new Refusal('reconciliation_not_found', `none in ${period}`)
  const lines = await countComparedLines(
    db,
    rows.map(({ reconciliationId }) => reconciliationId),
  )
  if (rows.length > RECONCILIATIONS_MAX || lines > LINES_MAX)
    throw new Refusal(
      'input_invalid',
      `these are ${rows.length.toLocaleString('en')} reconciliations with ${lines.toLocaleString('en')} lines, and a pack holds ${RECONCILIATIONS_MAX.toLocaleString('en')} with ${LINES_MAX.toLocaleString('en')}: choose an entity`,
    )
  await perform(context, { name: 'takeEvidencePack', actor, request: filter }, async () => ({
    result: null,
    entities: [...new Set(rows.map((row) => row.entity))],
    audit: {
      action: 'evidence.exported',
      objectType: 'period',
      objectId: [entity, period].filter(Boolean).join(' '),
      after: { ...filter, reconciliations: rows.length, entities: [...new Set(rows.map((row) => row.entity))] },
    },
  }))
  const title = ['Reconciliations of', period, entity, version].filter(Boolean).join(' ')
  return { name: title.toLowerCase().replace(/[^\w.-]+/g, '-'), entries: entries() }

  async function* entries(): AsyncGenerator<ZipEntry> {
    const renderer = openRenderer()
    const made = { by: actor.name, at, renderSheet: (sheet: Sheet) => renderer.render({ kind: 'sheet', sheet }) }
    const files: PackedFile[] = []
    const listed: { indexed: Indexed; stood: Stood }[] = []
    try {
      const help = await packHelp('period')
      yield* noted(help, files)
      for (const row of rows) {
        // The standing certification, or the newest comparison: as they are when their turn comes.
        const pack = await gatherPack(db, { reconciliationId: row.reconciliationId, scope: actor.entityScope })
        const folder = `${fileNameOf(pack.body.reconciliation)}-${row.reconciliationId}`
        yield* packEntries(db, pack, made, { folder: `${folder}/`, told: files })
        const { title: name, entity: of, period: during, version: take } = pack.body.reconciliation
        const indexed: Indexed = {
          folder,
          id: row.reconciliationId,
          title: name,
          entity: of,
          period: during,
          version: take,
          stands: standsOf(pack),
          asOfPublication: pack.body.asOfPublication,
          sealHash: pack.certification?.sealHash ?? null,
        }
        listed.push({ indexed, stood: stoodOf(pack) })
      }
      const index = {
        title,
        madeBy: made.by,
        madeAt: `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
        rows: listed.map(({ indexed, stood }) => ({ ...indexed, ...stood })),
      }
      yield* noted([{ name: 'index.pdf', content: await renderer.render({ kind: 'index', index }) }], files)
      const reconciliations = listed.map(({ indexed }) => indexed)
      const text = { format: PERIOD_FORMAT, madeAt: at.toISOString(), madeBy: made.by, ...filter, reconciliations, files }
      yield { name: 'index.json', content: `${JSON.stringify(text, null, 1)}\n` }
    } finally {
      renderer.close()
    }
  }
}
