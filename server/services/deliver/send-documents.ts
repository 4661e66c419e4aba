import {
  listItemLines,
  listItemsAfter,
  listTold,
  markItems,
  markUnknown,
  type Item,
  type ItemOutcome,
} from '#db/queries/delivery-items.ts'
import { listTouchedSlices, type SliceTotal } from '#db/queries/delivery-totals.ts'
import { mayBeTaken, type DocumentSession, type TargetDocument } from '#server/connectors/target.ts'
import { TechnicalError } from '#server/domain/errors.ts'
import { judgeItem, type FoundDocument } from '#server/domain/delivery.ts'
import { deliveryConflictDraft } from '#server/domain/delivery-exception.ts'
import { heard } from '#server/domain/heard.ts'
import { requestHash } from '#server/platform/hash.ts'
import { StoppedDelivery, TooEarly, type Carried } from './carried.ts'
import { sliceWords } from './slice-words.ts'

/** Slices in one question for totals, at most. */
const SLICES_MAX = 200
const CONFLICTS_SHOWN = 20
const REFUSAL_MAX_CHARACTERS = 500

/**
 * Batch by batch: the target is asked by natural key what it has, then only what it lacks is sent. That what is sent is unknown is
 * written down before it goes; a reply turns it into sent or refused; whatever is cut off leaves it unknown for the next attempt.
 */
export async function sendDocuments(carried: Carried, session: DocumentSession): Promise<void> {
  const { context, delivery, request } = carried
  for (let after = 0; ; ) {
    request.signal.throwIfAborted()
    const items = await listItemsAfter(context.db, delivery.deliveryId, after, session.batchSize)
    const last = items.at(-1)
    if (!last) return
    await sendBatch(carried, session, items)
    await carried.writeCalls()
    after = last.itemId
  }
}

async function sendBatch(carried: Carried, session: DocumentSession, items: readonly Item[]): Promise<void> {
  const { context, delivery } = carried
  refuseTooEarly(items, context.now())
  const keys = items.map(({ naturalKey }) => naturalKey)
  const found = groupedByKey(await session.find(keys))
  const told = await listTold(context.db, delivery, keys)
  const there: ItemOutcome[] = []
  const toSend: { item: Item; replaces: string | null }[] = []
  const conflicts: { item: Item; detail: string }[] = []
  for (const item of items) {
    const verdict = judgeItem(
      { ...item, key: item.naturalKey },
      found.get(item.naturalKey) ?? [],
      told.get(item.naturalKey) ?? NONE,
    )
    if (verdict.next === 'there') there.push({ itemId: item.itemId, state: 'sent', reference: verdict.reference })
    else if (verdict.next === 'send') toSend.push({ item, replaces: verdict.replaces })
    else conflicts.push({ item, detail: verdict.detail })
  }
  await carried.own((tx) => markItems(tx, there))
  if (conflicts.length > 0) throw new StoppedDelivery('failed', conflictOf(carried, conflicts))
  if (toSend.length === 0) return

  const documents = await documentsOf(carried, toSend)
  const ids = toSend.map(({ item }) => item.itemId)
  const askAfter = new Date(context.now().getTime() + session.askAfterMs)
  await carried.own((tx) => markUnknown(tx, ids, askAfter))
  const outcomes = await send(carried, session, toSend, documents)
  await carried.own((tx) => markItems(tx, outcomes))
}

async function send(
  carried: Carried,
  session: DocumentSession,
  toSend: readonly { item: Item }[],
  documents: readonly TargetDocument[],
): Promise<ItemOutcome[]> {
  try {
    const answers = await session.send(documents)
    return answers.map((answer, i) => {
      const { itemId } = toSend[i]!.item
      return answer.outcome === 'taken'
        ? { itemId, state: 'sent', reference: answer.reference }
        : { itemId, state: 'refused', refusal: heard(`${answer.code}: ${answer.message}`, REFUSAL_MAX_CHARACTERS) }
    })
  } catch (error) {
    const state = mayBeTaken(error) ? 'unknown' : 'pending'
    // Seen to be lost, so it is over sooner than the longest time it might have taken.
    const askAfter = state === 'unknown' ? new Date(carried.context.now().getTime() + session.settleMs) : null
    const outcomes = toSend.map(({ item: { itemId } }): ItemOutcome => ({ itemId, state, askAfter }))
    await carried
      .own((tx) => markItems(tx, outcomes))
      .catch((second: unknown) => {
        // Not written down, they stay unknown: that is the safe side.
        carried.context.log.warn({ err: second }, 'what became of documents could not be written down')
      })
    throw error
  }
}

/** Totals of every slice the delivery touched, asked of the target itself. */
export async function readBackTotals(carried: Carried, session: DocumentSession): Promise<SliceTotal[]> {
  const slices = await listTouchedSlices(carried.context.db, carried.delivery.deliveryId)
  const totals: SliceTotal[] = []
  for (let at = 0; at < slices.length; at += SLICES_MAX) {
    const asked = slices.slice(at, at + SLICES_MAX)
    const answered = await session.totals(asked)
    const known = new Set(asked.map(sliceKey))
    for (const total of answered) {
      // Named twice or not asked for: adding it up would hide that.
      if (!known.delete(sliceKey(total)))
        throw new TechnicalError(
          'target_contract_changed',
          `totals of ${sliceKey(total)} were answered and not asked for, or twice`,
        )
      totals.push(total)
    }
  }
  return totals
}

const sliceKey = ({ entity, period, version, currency }: Pick<SliceTotal, 'entity' | 'period' | 'version' | 'currency'>) =>
  [entity, period, version, currency].join(' ')

function refuseTooEarly(items: readonly Item[], now: Date): void {
  const latest = Math.max(0, ...items.map(({ state, askAfter }) => (state === 'unknown' ? (askAfter?.getTime() ?? 0) : 0)))
  if (latest > now.getTime()) throw new TooEarly(new Date(latest))
}

async function documentsOf(
  { context, delivery, objectType }: Carried,
  toSend: readonly { item: Item; replaces: string | null }[],
): Promise<TargetDocument[]> {
  const lines = await listItemLines(
    context.db,
    toSend.map(({ item }) => item),
  )
  return toSend.map(({ item, replaces }) => {
    const { naturalKey: key, operation, entity, period, version, currency, contentHash } = item
    // The same document of the same delivery over the same state is the same request, however often it is made.
    const idempotencyKey = requestHash({ delivery: delivery.deliveryId, key, contentHash, replaces })
    const of = { key, idempotencyKey, operation, objectType, entity, period, version, currency, contentHash, replaces }
    return { ...of, lines: (lines.get(item.itemId) ?? []).map(({ itemId: _, ...line }) => line) }
  })
}

function conflictOf({ facts, objectType }: Carried, conflicts: readonly { item: Item; detail: string }[]) {
  const more = conflicts.length > CONFLICTS_SHOWN ? `; and ${conflicts.length - CONFLICTS_SHOWN} more` : ''
  const detail = conflicts
    .slice(0, CONFLICTS_SHOWN)
    .map((conflict) => conflict.detail)
    .join('; ')
  const slices = conflicts.map(({ item }) => sliceWords(objectType, item))
  const entities = [...new Set(conflicts.map(({ item }) => item.entity))]
  return deliveryConflictDraft(facts, `${detail}${more}`, { entities, slices: [...new Set(slices)].sort() })
}

function groupedByKey(found: readonly FoundDocument[]): ReadonlyMap<string, readonly FoundDocument[]> {
  const byKey = new Map<string, FoundDocument[]>()
  for (const document of found) byKey.set(document.key, [...(byKey.get(document.key) ?? []), document])
  return byKey
}

const NONE: ReadonlySet<string> = new Set()
