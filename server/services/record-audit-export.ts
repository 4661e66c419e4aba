import type { Actor } from '#server/domain/actor.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

/** Says in the log who took it along, and how much of it: the newest event of what they took is this one. */
export async function recordAuditExport(
  context: Pick<Context, 'db'>,
  {
    format,
    filters,
    actor,
  }: { format: 'csv' | 'xlsx' | 'jsonl' | 'zip' | 'checkpoint'; filters: Readonly<Record<string, string>>; actor: Actor },
): Promise<void> {
  await perform(context, { name: 'exportAudit', actor, request: { format, filters } }, async () => ({
    result: null,
    entities: [],
    audit: {
      // A list is for reading on; evidence carries its proofs.
      action: format === 'csv' || format === 'xlsx' ? 'audit.exported' : 'evidence.exported',
      objectType: 'audit_log',
      objectId: Object.keys(filters).length === 0 ? 'all' : 'part',
      after: { format, ...filters, ...(!actor.entityScope.includes('*') && { entities: [...actor.entityScope] }) },
    },
  }))
}
