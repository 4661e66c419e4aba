import { compareDecimals } from '../money.ts'
import type { ReconciliationDefinition } from './definition.ts'

/** Why a reconciliation that is ready is left to people. */
export const LEFT_TO_PEOPLE = {
  not_allowed: 'its definition does not allow it',
  differs: 'something differs',
  open_items: 'items of earlier periods are still open',
  by_hand: 'a person matched lines of it',
  above_limit: 'a figure is above the limit of its definition, or in a currency without one',
  signed_by_people: 'people signed it before, and what they signed moved',
  sampled: 'it is in the sample that people look at',
} as const
export type LeftToPeople = keyof typeof LEFT_TO_PEOPLE

type Found = {
  readonly name: string
  readonly entity: string
  readonly period: string
  readonly figures: readonly { readonly currency: string; readonly amount: string }[]
  readonly differences: number
  /** Of earlier periods, still open. */
  readonly openItems: number
  readonly actsByHand: number
  /** People certified it once, and that fell. */
  readonly wasSigned: boolean
}

/**
 * Whether the rule of a definition certifies it: everything ties, nothing of earlier periods is open, nobody put anything together by hand, and no figure is above the limit.
 * null: it does. Which ones are left as a sample is decided by their names, so that nobody chooses.
 */
export function whyLeftToPeople({ certification }: ReconciliationDefinition, found: Found): LeftToPeople | null {
  const { automaticUpTo, sample } = certification
  if (!automaticUpTo) return 'not_allowed'
  if (found.differences > 0) return 'differs'
  if (found.openItems > 0) return 'open_items'
  if (found.actsByHand > 0) return 'by_hand'
  if (found.wasSigned) return 'signed_by_people'
  const isAbove = found.figures.some(({ currency, amount }) => {
    const limit = automaticUpTo[currency]
    return limit === undefined || compareDecimals(amount.replace('-', ''), limit) > 0
  })
  if (isAbove || found.figures.length === 0) return 'above_limit'
  return spot(`${found.name} ${found.entity} ${found.period}`) < sample ? 'sampled' : null
}

/** A number from 0 to 99 that a name always gets: FNV-1a, 32 bits. */
function spot(name: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % 100
}
