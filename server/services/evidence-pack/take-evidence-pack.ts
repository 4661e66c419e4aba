import type { Actor } from '#server/domain/actor.ts'
import type { ZipEntry } from '#server/platform/zip.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { audited } from '../reconcile/audited.ts'
import { gatherPack } from './gather-pack.ts'
import { standsOf } from './manifest.ts'
import { packEntries } from './pack-entries.ts'
import { packHelp } from './readme.ts'
import { openRenderer } from './sheet/renderer.ts'
import type { Sheet } from './sheet/sheet-of.ts'

export type TakenPack = { readonly name: string; readonly entries: AsyncIterable<ZipEntry> }

/**
 * Everything by which a stranger does a reconciliation again: its newest comparison, or a certification of it. The log says who took it
 * before a byte leaves. Throws Refusal (reconciliation_not_found), for one out of scope as well.
 */
export async function takeEvidencePack(
  context: Pick<Context, 'db' | 'now'>,
  {
    reconciliationId,
    certificationId,
    actor,
  }: { readonly reconciliationId: number; readonly certificationId?: number | undefined; readonly actor: Actor },
): Promise<TakenPack> {
  const { db } = context
  const pack = await gatherPack(db, { reconciliationId, certificationId, scope: actor.entityScope })
  const { reconciliation, certification, body } = pack
  const request = { reconciliationId, certificationId }
  await perform(context, { name: 'takeEvidencePack', actor, request }, async () => ({
    result: null,
    entities: [reconciliation.entity],
    audit: audited(reconciliation, 'evidence.exported', {
      comparison: body.comparison,
      asOf: body.asOfPublication,
      certification: certification?.certificationId ?? null,
      sealHash: certification?.sealHash ?? null,
    }),
  }))
  const made = { by: actor.name, at: context.now() }
  return { name: `${fileNameOf(pack.body.reconciliation)}-${standsOf(pack).replace(' ', '-')}`, entries: entries() }

  async function* entries(): AsyncGenerator<ZipEntry> {
    const renderer = openRenderer()
    try {
      const renderSheet = (sheet: Sheet) => renderer.render({ kind: 'sheet', sheet })
      yield* packEntries(db, pack, { ...made, renderSheet }, { beside: await packHelp('one') })
    } finally {
      renderer.close()
    }
  }
}

/** 'AS01-2026-10-actual-billing-to-ledger': safe on any disk. */
export const fileNameOf = (of: { entity: string; period: string; version: string; name: string }): string =>
  [of.entity, of.period, of.version, of.name].map((part) => part.replace(/[^\w.-]+/g, '-').replace(/^\.+/, '')).join('-')
