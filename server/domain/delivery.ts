import { isZeroDecimal, subtractDecimals } from './money.ts'
import type { ObjectType } from './record.ts'

/**
 * What a target is told of one publication. waiting: tried again by itself at dueAt. held: a person stopped it. refused: the target
 * took some documents and not others, or we do not send this at all. failed: somebody must look first. aborted: a person gave it up.
 */
export const DELIVERY_STATUSES = [
  'pending',
  'delivering',
  'waiting',
  'held',
  'confirmed',
  'refused',
  'failed',
  'aborted',
] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/**
 * What is known of one document at the target. unknown is written down before anything is sent, so that whatever is cut off leaves it:
 * from there only the target's own answer leads on. sent: the target says that it has it. confirmed: its totals say so too.
 */
export const ITEM_STATES = ['pending', 'unknown', 'sent', 'confirmed', 'refused'] as const
export type ItemState = (typeof ITEM_STATES)[number]

/** withdraw: the publication left no line of the document. */
export type ItemOperation = 'put' | 'withdraw'

/** What may be asked of a delivery in which status; one table for services and for "why is this disabled". */
const ALLOWED = {
  retry: ['waiting', 'held', 'failed', 'refused'],
  hold: ['pending', 'waiting', 'failed'],
  abort: ['pending', 'waiting', 'held', 'failed'],
} as const satisfies Record<string, readonly DeliveryStatus[]>
export type DeliveryAction = keyof typeof ALLOWED
export const DELIVERY_ACTIONS = ['retry', 'hold', 'abort'] as const satisfies readonly DeliveryAction[]

export const deliveryCan = (action: DeliveryAction, status: DeliveryStatus): boolean =>
  (ALLOWED[action] as readonly DeliveryStatus[]).includes(status)

/** Nothing of it will be sent any more: the next publication of the job may be told to the target. */
export const DELIVERY_DONE = ['confirmed', 'refused', 'aborted'] as const satisfies readonly DeliveryStatus[]
export const isDelivered = (status: DeliveryStatus): boolean => (DELIVERY_DONE as readonly DeliveryStatus[]).includes(status)
/** It may move by itself. */
export const isDeliveryGoing = (status: DeliveryStatus): boolean => ['pending', 'delivering', 'waiting'].includes(status)

/** What a document of ours looks like at the target. Amounts in units of the currency. */
export type FoundDocument = {
  readonly key: string
  /** The target's own number of it. */
  readonly reference: string
  readonly contentHash: string
  readonly count: number
  readonly debit: string
  readonly credit: string
}

/** A document's name out of its natural key: what comes after system, kind, entity, period, version and currency, without its D: or K:. */
export const documentOfKey = (naturalKey: string): string => naturalKey.split('|').slice(6).join('|').slice(2)

export type ItemVerdict =
  | { readonly next: 'send'; readonly replaces: string | null }
  /** The target has it as it should be. */
  | { readonly next: 'there'; readonly reference: string | null }
  | { readonly next: 'conflict'; readonly detail: string }

type JudgedItem = Omit<FoundDocument, 'reference'> & { readonly operation: ItemOperation }

/** Its mark alone is not believed: what the target made of it must add up to the same. */
const isSame = (item: JudgedItem, here: FoundDocument): boolean =>
  here.contentHash === item.contentHash &&
  here.count === item.count &&
  isZeroDecimal(subtractDecimals(here.debit, item.debit)) &&
  isZeroDecimal(subtractDecimals(here.credit, item.credit))

/**
 * What to do with a document, given what the target says it holds under its natural key. `told`: contents we ourselves told it
 * before; anything else under our key was put there by somebody else, and is not overwritten.
 */
export function judgeItem(item: JudgedItem, found: readonly FoundDocument[], told: ReadonlySet<string>): ItemVerdict {
  const [here, ...more] = found
  if (more.length > 0) {
    const references = found.map(({ reference }) => reference).join(', ')
    return { next: 'conflict', detail: `${item.key} is there ${found.length} times: ${references}` }
  }
  if (!here) return item.operation === 'put' ? { next: 'send', replaces: null } : { next: 'there', reference: null }
  if (item.operation === 'put' && isSame(item, here)) return { next: 'there', reference: here.reference }
  if (told.has(here.contentHash)) return { next: 'send', replaces: here.reference }
  return { next: 'conflict', detail: `${item.key} is there as ${here.reference}, with content we never sent` }
}

/** Planning takes and gives plans. A journal or an actual never passes a write-back, whoever asks. */
export const PLAN_TYPES: readonly ObjectType[] = ['budget_line']
const ACTUAL = 'actual'

type WriteBack = {
  readonly sourceKind: string
  readonly targetKind: string
  readonly objectType: ObjectType
  readonly versions?: readonly string[]
}

/** Why this may not be written; null where it may. */
export function writeBackProblem({ sourceKind, targetKind, objectType, versions = [] }: WriteBack): string | null {
  if (sourceKind !== 'planning' && targetKind !== 'planning') return null
  if (!PLAN_TYPES.includes(objectType))
    return `planning write-back creates budget and forecast lines only, never a ${objectType.replaceAll('_', ' ')}`
  return versions.includes(ACTUAL) ? 'planning write-back never creates actuals' : null
}
