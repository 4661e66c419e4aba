import type { FailureClass } from './errors.ts'
import { CONTROL_RULES } from './rules/catalogue.ts'

type Told = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly entities: readonly string[]
}

/** What a cause says to somebody who sees only some of its entities. */
export type ToldInScope = { title: string; detail: string; entities: string[]; isRedacted: boolean }

/**
 * The figures of a control run over everything the load covers; of those, nobody learns who may not see all of it: redacted. The detail
 * of a cause that several entities share is that of one of them.
 */
export function toldInScope({ failureClass, code, title, detail, entities: all }: Told, scope: readonly string[]): ToldInScope {
  const entities = all.filter((entity) => scope.includes('*') || scope.includes(entity))
  if (entities.length === all.length) return { title, detail, entities, isRedacted: false }
  if (failureClass !== 'control') return { title, detail: '', entities, isRedacted: false }
  return { title: TITLES_WITHOUT_FIGURES[code] ?? 'A stated figure does not agree', detail: '', entities, isRedacted: true }
}

const TITLES_WITHOUT_FIGURES: Readonly<Record<string, string>> = {
  claimed_count_differs: 'The source states another number of records than arrived',
  claimed_amount_differs: 'The source states another sum than the records add up to',
  balance_does_not_roll_forward: 'The movement of an account does not lead to its stated closing balance',
  statement_does_not_tie: 'What a bank statement states is not what its entries come to',
  conservation_broken: CONTROL_RULES.conservation_broken.title,
}
