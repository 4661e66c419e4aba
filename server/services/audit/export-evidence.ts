import { listAuditKeys, newestCheckpoint, treeSize, type KeyRow } from '#db/queries/audit-log.ts'
import { WORKER } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { readBundle, type BundleAsked } from '../reads/audit-bundle.ts'
import { seesAll } from '../reads/audit-view.ts'
import { recordAuditExport } from '../record-audit-export.ts'
import { signCheckpoint } from './sign-checkpoint.ts'

/** A ZIP holds 4 GiB: at some 200 bytes an event, packed. JSON lines have no bound. */
const ZIP_LEAVES_MAX = 10_000_000

type Parts = Pick<Context, 'db' | 'now' | 'log' | 'auditKey'>

export type Evidence = {
  readonly lines: AsyncIterable<string>
  readonly note: string | null
  readonly keys: readonly KeyRow[]
}

/**
 * Evidence to take along: the whole log, or the events of a view with their proofs. The log says so first; then a checkpoint is signed,
 * so that what leaves is covered, that event among it. Where none can be signed the newest one goes along, and says what it covers.
 */
export async function exportEvidence(
  context: Parts,
  { format, ...asked }: Omit<BundleAsked, 'isWhole'> & { format: 'jsonl' | 'zip' },
): Promise<Evidence> {
  const { actor } = asked.request
  if (format === 'zip' && (await treeSize(context.db)) > ZIP_LEAVES_MAX)
    throw new Refusal('input_invalid', `a ZIP holds ${ZIP_LEAVES_MAX.toLocaleString('en')} events: take JSON lines`)
  const isWhole = seesAll(actor) && Object.keys(asked.filters).length === 0
  const note = await exportCheckpoint(context, { format, filters: asked.filters, actor })
  return { lines: readBundle(context.db, { ...asked, isWhole }, context.now()), note, keys: await listAuditKeys(context.db) }
}

type Exported = Omit<Parameters<typeof recordAuditExport>[1], 'format'> & { format: 'jsonl' | 'zip' | 'checkpoint' }

/** The checkpoint alone, to keep: next time it shows that history was not rewritten. Null where none was ever signed. */
export async function exportCheckpoint(context: Parts, exported: Exported): Promise<string | null> {
  await recordAuditExport(context, exported)
  await signCheckpoint(context, { actor: WORKER }).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    context.log.warn({ code: error.code }, `evidence goes out under the checkpoint of before: ${error.detail}`)
  })
  return (await newestCheckpoint(context.db))?.note ?? null
}
